/** `portico reload`: has a running server load its application, or the files that describe it, again, and waits until that is decided. */

import type { ReloadRecord } from '../../protocol/control/operator.ts';
import { escapeLines } from '../../supervisor/log/log-line.ts';
import type { Result } from '../control/by-signal.ts';
import { reloadBySignal } from '../control/by-signal.ts';
import type { CommandLine } from '../control/command-line.ts';
import { EXIT } from '../control/command-line.ts';
import { command } from '../control/order-command.ts';
import type { ServerLink } from '../control/server-link.ts';
import { RELOAD_HELP } from '../help/control-help.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';

/** Resolves with the exit code. */
export function reload(invocation: Invocation, terminal: Terminal): Promise<number> {
  return command(
    {
      name: 'reload',
      help: RELOAD_HELP,
      byLink: reloadServer,
      bySignal: (server, { timeoutMs }) => reloadBySignal(server, { timeoutMs, isQuick: false }),
    },
    invocation,
    terminal,
  );
}

async function reloadServer(link: ServerLink, line: CommandLine & { readonly timeoutMs: number }): Promise<Result> {
  let result: Result | undefined;
  const { isLate } = await link.ask(
    { kind: 'reload' },
    {
      timeoutMs: line.timeoutMs,
      onAnswer: (answer) => {
        if (answer.kind === 'refused') {
          result = { code: EXIT.failed, text: answer.error };
        } else if (answer.kind === 'reloaded') {
          const { kind: _, ...record } = answer;
          result = line.isJson ? { ...judge(record), json: record } : judge(record);
        }
      },
    },
  );
  const late = `the application is still being loaded after ${line.timeoutMs / 1000} s`;
  return result ?? { code: EXIT.failed, text: isLate ? late : 'the server has ended meanwhile' };
}

function judge({ result, faults }: ReloadRecord): Result {
  switch (result) {
    case 'done':
      return { code: EXIT.done, text: 'the new version serves' };
    case 'broken':
      return failed('the application cannot be loaded, and requests get a page that says why (--reload)', faults);
    case 'refused':
      return failed('the new configuration cannot be served, and the one before serves on', faults);
    case 'given-up':
      return failed('it was given up', faults);
    default:
      return failed('the application cannot be loaded, and the version before it serves on', faults);
  }
}

function failed(text: string, faults: ReloadRecord['faults']): Result {
  const details = faults.map(({ app, error, traceback }) => {
    const name = app === undefined || faults.length === 1 ? '' : `${app}: `;
    return escapeLines(`${name}${error}${traceback === '' ? '' : `\n${traceback.trimEnd()}`}`);
  });
  return { code: EXIT.failed, text, ...(details.length === 0 ? {} : { details }) };
}
