/** A command that tells a running server to do something, and waits until that is done: by its control socket, or by a signal where only its pid file is known. */

import { existsSync } from 'node:fs';
import type { Invocation } from '../invocation.ts';
import type { RunningServer } from '../running-server.ts';
import { findServer } from '../running-server.ts';
import type { Terminal } from '../terminal.ts';
import type { Result } from './by-signal.ts';
import type { CommandLine, Words } from './command-line.ts';
import { asksForHelp, codeOf, EXIT, readCommandLine } from './command-line.ts';
import { chooseServer } from './server-choice.ts';
import type { ServerLink } from './server-link.ts';

type Line = CommandLine & { readonly timeoutMs: number };

export interface OrderCommand extends Pick<Words, 'name' | 'options'> {
  readonly help: string;
  readonly byLink: (link: ServerLink, line: Line) => Promise<Result>;
  readonly bySignal: (server: RunningServer, line: Line) => Promise<Result>;
}

/** Longer than a server takes that is asked for what --graceful-timeout and --start-timeout are without being said. */
const TIMEOUT_MS = 90_000;

/** Resolves with the exit code. */
export async function command(order: OrderCommand, invocation: Invocation, terminal: Terminal): Promise<number> {
  const { name, help } = order;
  if (asksForHelp(invocation.args)) {
    terminal.out(help);
    return EXIT.done;
  }
  const read = readCommandLine(invocation, { ...order, positionalsMax: 1 });
  if (!read.ok) {
    terminal.error(`portico ${name}: ${read.fault}.\n`);
    return EXIT.usage;
  }
  const { positionals, timeoutMs = TIMEOUT_MS, choice } = read.value;
  const [file = ''] = positionals;
  const line = { ...read.value, timeoutMs, choice: file === '' ? choice : { ...choice, pidFile: file } };
  const result = await carryOut(order, line, invocation.env);
  tell(name, line, result, terminal);
  return result.code;
}

async function carryOut({ byLink, bySignal }: OrderCommand, line: Line, env: Invocation['env']): Promise<Result> {
  const { pidFile } = line.choice;
  if (pidFile !== '' && !existsSync('/proc/self/stat')) {
    const text =
      'without /proc it cannot be seen whose number is in the file. Send the signal yourself: TERM stops, HUP reloads';
    return { code: EXIT.failed, text };
  }
  const found = pidFile === '' ? undefined : findServer(pidFile);
  if (found?.ok === false) {
    return { code: EXIT.failed, text: found.fault };
  }
  const link = await chooseServer(line.choice, env);
  if (link.ok) {
    return byLink(link.value, line);
  }
  return found === undefined ? { code: codeOf(link.fault), text: link.fault.text } : bySignal(found.value, line);
}

function tell(name: string, { isJson }: Line, { code, text, details = [], json }: Result, terminal: Terminal): void {
  if (isJson) {
    terminal.out(`${JSON.stringify(json ?? { code, text, details })}\n`);
    return;
  }
  const words = `portico ${name}: ${text}.\n${details.map((detail) => `${detail}\n`).join('')}`;
  if (code === EXIT.done) {
    terminal.out(words);
  } else {
    terminal.error(words);
  }
}
