import { spawn } from 'node:child_process';
import type { Tally } from './tally.ts';

export interface Finished {
  readonly ok: boolean;
  readonly output: string;
}

/** No step may hang a build machine; the longest takes a few minutes. */
const COMMAND_TIMEOUT_MS = 15 * 60_000;

/** Runs a command to its end; its output goes to the terminal, or comes back when it is captured. */
export function runCommand(
  command: readonly string[],
  capture = false,
  timeoutMs: number = COMMAND_TIMEOUT_MS,
): Promise<Finished> {
  const [program = '', ...args] = command;
  const { promise, resolve } = Promise.withResolvers<Finished>();
  const child = spawn(program, args, {
    stdio: ['ignore', capture ? 'pipe' : 'inherit', capture ? 'pipe' : 'inherit'],
    // Not `timeout`: its timer would keep this process alive after a program that was not found.
    signal: AbortSignal.timeout(timeoutMs),
    killSignal: 'SIGKILL',
  });
  let output = '';
  const keep = (bytes: Buffer): void => {
    output += bytes.toString();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.on('error', (error) => {
    resolve({ ok: false, output: `${output}${error.message}\n` });
  });
  child.on('close', (code) => {
    resolve({ ok: code === 0, output });
  });
  return promise;
}

/** Runs tools one after the other; each counts as one test. */
export async function runChecks(step: string, commands: readonly (readonly string[])[]): Promise<Tally> {
  const notes: string[] = [];
  for (const command of commands) {
    const text = command.join(' ');
    console.log(`$ ${text}`);
    const { ok, output } = await runCommand(command);
    if (!ok) notes.push(`FAILED ${step}: ${text}${output === '' ? '' : ` (${output.trim()})`}`);
  }
  return { passed: commands.length - notes.length, failed: notes.length, skipped: 0, notes };
}
