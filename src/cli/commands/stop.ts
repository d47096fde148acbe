/** `portico stop`: has a running server end, and waits until it has. */

import type { Result } from '../control/by-signal.ts';
import { awaitEnd, describeLateEnd, stopBySignal } from '../control/by-signal.ts';
import type { CommandLine } from '../control/command-line.ts';
import { EXIT } from '../control/command-line.ts';
import { command } from '../control/order-command.ts';
import type { ServerLink } from '../control/server-link.ts';
import { STOP_HELP } from '../help/control-help.ts';
import type { Invocation } from '../invocation.ts';
import { runningServer } from '../running-server.ts';
import type { Terminal } from '../terminal.ts';

/** Resolves with the exit code. */
export function stop(invocation: Invocation, terminal: Terminal): Promise<number> {
  return command(
    {
      name: 'stop',
      help: STOP_HELP,
      options: { now: { type: 'boolean' }, quick: { type: 'boolean' } },
      byLink: stopServer,
      bySignal: (server, line) => stopBySignal(server, { timeoutMs: line.timeoutMs, isQuick: isQuick(line) }),
    },
    invocation,
    terminal,
  );
}

function isQuick({ values }: CommandLine): boolean {
  return values['now'] === true || values['quick'] === true;
}

/** The connection ends with the process, of which nothing is left a moment later. */
async function stopServer(link: ServerLink, line: CommandLine & { readonly timeoutMs: number }): Promise<Result> {
  const { pid } = link.hello;
  const server = runningServer(pid);
  let refusal: string | undefined;
  const { isLate } = await link.ask(
    { kind: 'stop', isQuick: isQuick(line) },
    {
      timeoutMs: line.timeoutMs,
      onAnswer: (answer) => {
        refusal = answer.kind === 'refused' ? answer.error : refusal;
      },
    },
  );
  if (refusal !== undefined || isLate) {
    return { code: EXIT.failed, text: refusal ?? describeLateEnd(pid, line.timeoutMs) };
  }
  return server === undefined
    ? { code: EXIT.done, text: `process ${pid} has stopped` }
    : awaitEnd(server, line.timeoutMs);
}
