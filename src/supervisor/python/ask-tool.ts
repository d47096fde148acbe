/** Asks poetry or pipenv, which are programs of the user's, for something that they know. */

import type { SpawnSyncOptionsWithStringEncoding } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Identity } from '../privileges.ts';
import { asOurselves } from '../privileges.ts';
import { commandAs } from '../start-as-user.ts';
import { endGroup } from './process-group.ts';

/** Poetry takes a second to start, on a busy machine several. */
const ANSWER_MS = 8000;
const ANSWER_BYTES_MAX = 4096;

type Answer = Outcome<string | undefined>;

const answers = new Map<string, Answer>();
/** Tools that did not answer in time. They are not asked for other folders: each would take as long. */
const lateTools = new Set<string>();

/** One line of its answer. It is kept: a reload does not wait for the tool again. */
export function askTool(question: readonly string[], folder: string, asker: Asker): Answer {
  const [program = ''] = question;
  const key = [folder, ...question].join('\0');
  const kept = answers.get(key);
  if (kept !== undefined || lateTools.has(program)) {
    return kept ?? success(undefined);
  }
  const answer = ask(question, folder, asker, ANSWER_MS);
  answers.set(key, answer);
  if (!answer.ok) {
    lateTools.add(program);
  }
  return answer;
}

/** For whom a tool is asked: it is a program that this user can change. */
export interface Asker {
  readonly identity: Identity | undefined;
  readonly env: NodeJS.ProcessEnv;
}

export function ask(question: readonly string[], folder: string, asker: Asker, answerMs: number): Answer {
  // We may have the rights of the user for the moment. What is started then could become root again.
  return asOurselves(() => askProgram(question, folder, asker, answerMs));
}

function askProgram(question: readonly string[], folder: string, { identity, env }: Asker, answerMs: number): Answer {
  const [name = '', ...rest] = question;
  const { program, args, cwd, env: given } = commandAs(identity, { program: name, args: rest, env, folder });
  const options: SpawnSyncOptionsWithStringEncoding & { readonly detached: boolean } = {
    cwd,
    env: given,
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
  endGroup(pid, identity);
  const isLate = (error as NodeJS.ErrnoException).code === 'ETIMEDOUT';
  const command = question.join(' ');
  return isLate
    ? failure(
        `"${command}" had not answered after ${answerMs / 1000} s in ${folder} and was ended, so that an environment which it knows of is not used. Name the Python with --python`,
      )
    : success(undefined);
}
