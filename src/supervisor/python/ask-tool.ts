/** Asks poetry or pipenv, which are programs of the user's, for something that they know. */

import { execFileSync } from 'node:child_process';

/** Poetry takes a second to start, on a busy machine several. */
const ANSWER_MS = 8000;
const ANSWER_BYTES_MAX = 4096;

const answers = new Map<string, string | undefined>();

/** One line of its answer. It is kept: a reload does not wait for the tool again. */
export function askTool(program: string, args: readonly string[], folder: string): string | undefined {
  const key = [folder, program, ...args].join('\0');
  if (!answers.has(key)) {
    answers.set(key, ask(program, args, folder));
  }
  return answers.get(key);
}

function ask(program: string, args: readonly string[], folder: string): string | undefined {
  // With the rights of a user alone for the moment, a program would be started with those of root.
  if (process.geteuid?.() !== process.getuid?.()) {
    return undefined;
  }
  try {
    const answer = execFileSync(program, args, {
      cwd: folder,
      encoding: 'utf8',
      timeout: ANSWER_MS,
      maxBuffer: ANSWER_BYTES_MAX,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return answer.trim().split('\n').at(-1)?.trim() || undefined;
  } catch {
    return undefined;
  }
}
