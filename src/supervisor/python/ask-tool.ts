/** Asks poetry or pipenv, which are programs of the user's, for something that they know. */

import type { SpawnSyncOptionsWithStringEncoding } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { endGroup } from './process-group.ts';
import type { AskTool } from './project-tools.ts';

/** Poetry takes a second to start, on a busy machine several. */
const ANSWER_MS = 8000;
const ANSWER_BYTES_MAX = 4096;

type Answer = Outcome<string | undefined>;

const answers = new Map<string, Answer>();
/** Tools that did not answer in time. They are not asked for other folders: each would take as long. */
const lateTools = new Set<string>();

/** One line of its answer. It is kept: a reload does not wait for the tool again. */
export const askTool: AskTool = (program, args, folder) => {
  const key = [folder, program, ...args].join('\0');
  const kept = answers.get(key);
  if (kept !== undefined || lateTools.has(program)) {
    return kept ?? success(undefined);
  }
  const answer = ask([program, ...args], folder, ANSWER_MS);
  answers.set(key, answer);
  if (!answer.ok) {
    lateTools.add(program);
  }
  return answer;
};

export function ask([program = '', ...args]: readonly string[], folder: string, answerMs: number): Answer {
  // With the rights of a user alone for the moment, a program would be started with those of root.
  if (process.geteuid?.() !== process.getuid?.()) {
    return success(undefined);
  }
  const options: SpawnSyncOptionsWithStringEncoding & { readonly detached: boolean } = {
    cwd: folder,
    encoding: 'utf8',
    timeout: answerMs,
    maxBuffer: ANSWER_BYTES_MAX,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'ignore'],
    // It leads a group of its own, with what it starts. (Node's documentation names this option for the asynchronous call alone.)
    detached: true,
  };
  const { pid, error, status, stdout } = spawnSync(program, args, options);
  if (error === undefined) {
    return success(status === 0 ? stdout.trim().split('\n').at(-1)?.trim() || undefined : undefined);
  }
  endGroup(pid);
  const isLate = (error as NodeJS.ErrnoException).code === 'ETIMEDOUT';
  const command = [program, ...args].join(' ');
  return isLate
    ? failure(
        `"${command}" had not answered after ${answerMs / 1000} s in ${folder} and was ended, so that an environment which it knows of is not used. Name the Python with --python`,
      )
    : success(undefined);
}
