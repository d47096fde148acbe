/** The words that all commands to a running server have in common, and how each of them begins and ends. */

import type { ParseArgsOptionsConfig } from 'node:util';
import { parseArgs } from 'node:util';
import { parseDuration } from '../../config/setting-values.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Invocation } from '../invocation.ts';
import type { Choice, ChoiceFault } from './server-choice.ts';

export const EXIT = { done: 0, failed: 1, usage: 2, notRunning: 3 } as const;

export interface CommandLine {
  readonly choice: Choice;
  /** Undefined: nothing is said. */
  readonly timeoutMs: number | undefined;
  readonly isJson: boolean;
  /** Options of the command's own, which are there if they were given. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

export interface Words {
  readonly name: string;
  readonly options?: ParseArgsOptionsConfig;
  readonly positionalsMax: number;
}

const PID_FILE_VARIABLE = 'PORTICO_PID_FILE';

const COMMON = {
  pid: { type: 'string' },
  'pid-file': { type: 'string', short: 'p' },
  // gunicorn's and uWSGI's word.
  pidfile: { type: 'string' },
  socket: { type: 'string', short: 's' },
  timeout: { type: 'string', short: 't' },
  json: { type: 'boolean' },
} as const satisfies ParseArgsOptionsConfig;

/** Fails with a sentence without its end. */
export function readCommandLine(
  { args, env }: Invocation,
  { name, options = {}, positionalsMax }: Words,
): Outcome<CommandLine> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...options, ...COMMON },
    });
    const timeout = values.timeout === undefined ? success(undefined) : parseDuration(0)(values.timeout);
    if (!timeout.ok) {
      return failure(`--timeout: ${timeout.fault}`);
    }
    if (positionals.length > positionalsMax) {
      return failure(sayHelp(name));
    }
    const { pid = '', socket = '' } = values;
    if (!/^(?:[1-9]\d{0,9})?$/.test(pid)) {
      return failure(`--pid: "${pid}" is no process number`);
    }
    const isNamed = pid !== '' || socket !== '';
    const pidFile = values['pid-file'] ?? values.pidfile ?? (isNamed ? '' : (env[PID_FILE_VARIABLE] ?? ''));
    return success({
      choice: { pid, pidFile, socket },
      timeoutMs: timeout.value,
      isJson: values.json === true,
      values,
      positionals,
    });
  } catch (error) {
    // parseArgs throws a sentence about an argument that it does not know.
    return failure((error as Error).message.replace(/\.$/, ''));
  }
}

export function sayHelp(name: string): string {
  return `"portico ${name} --help" says what can be written`;
}

export function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}

export function codeOf({ kind }: ChoiceFault): number {
  return kind === 'none' ? EXIT.notRunning : kind === 'several' ? EXIT.usage : EXIT.failed;
}
