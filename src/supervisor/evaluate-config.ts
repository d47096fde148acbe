/**
 * Has the site's Python evaluate a configuration file of gunicorn, which is a program of the operator's: in a process of its own, which ends with it, has so much time,
 * and has the rights of the user that the server will have.
 */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import { buildAppEnvironment, identityVariables } from './app-environment.ts';
import { describeExit } from './fleet/exit-words.ts';
import type { Installation } from './installation.ts';
import type { Identity } from './privileges.ts';
import { actFor } from './privileges.ts';
import { askTool } from './python/ask-tool.ts';
import { findInterpreter } from './python/interpreter.ts';
import { endGroup } from './python/process-group.ts';
import { commandAs } from './start-as-user.ts';

const PROGRAM = fileURLToPath(new URL('../../python/portico_worker/gunicorn/read_config.py', import.meta.url));
/** A file that asks a server for its settings may wait for it; one that stands still keeps no server from being told of. */
const WITHIN_MS = 30_000;
const ANSWER_BYTES_MAX = 4_194_304;

export interface ConfigQuestion {
  /** `file:PATH`, PATH or `python:MODULE`. */
  readonly config: string;
  /** The settings that are asked for. */
  readonly names: readonly string[];
  /** The folder of the server. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly installation: Installation;
  /** A Python, or ''. */
  readonly python: string;
  readonly identity: Identity | undefined;
}

export interface ConfigFault {
  /** One line: a sentence without its end. */
  readonly error: string;
  /** '' if there is none. */
  readonly traceback: string;
}

/** The answer of read_config.py, as JSON. What the file prints, and its warnings, go to our standard error. */
export async function evaluateConfig(question: ConfigQuestion): Promise<Outcome<Record<string, unknown>, ConfigFault>> {
  const { config, names, cwd, env, installation, python, identity } = question;
  const usersEnv = { ...env, ...identityVariables(identity) };
  const found = actFor(identity, () =>
    findInterpreter({
      ...{ named: python, installation, app: '', chdir: cwd, cwd, env: usersEnv },
      ask: (program, args, folder) => askTool([program, ...args], folder, { identity, env: usersEnv }),
    }),
  );
  if (!found.ok) {
    return failure({ error: found.fault, traceback: '' });
  }
  const built = buildAppEnvironment({ own: env, file: '', given: new Map(), interpreter: found.value, identity });
  if (!built.ok) {
    return failure({ error: built.fault, traceback: '' });
  }
  const command = commandAs(identity, {
    ...{ program: found.value.path, args: ['-u', PROGRAM], env: built.value.env, folder: cwd },
  });
  const answer = await run(command, JSON.stringify({ config, folder: cwd, names }), identity);
  if (!answer.ok) {
    return failure({ error: answer.fault, traceback: '' });
  }
  const said = parse(answer.value);
  if (said === undefined) {
    return failure({ error: 'what its Python has said of it is not understood', traceback: '' });
  }
  const { error, traceback } = said;
  return typeof error === 'string'
    ? failure({ error, traceback: typeof traceback === 'string' ? traceback : '' })
    : success(said);
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function run(
  { program, args, env, cwd }: ReturnType<typeof commandAs>,
  question: string,
  identity: Identity | undefined,
): Promise<Outcome<string>> {
  return new Promise((done) => {
    // It leads a group, so that what the file starts ends with it.
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
    let answer = '';
    let fault: string | undefined;
    const giveUp = (why: string): void => {
      fault ??= why;
      endGroup(child.pid ?? 0, identity);
    };
    const timer = setTimeout(() => giveUp(`it was not done after ${WITHIN_MS / 1000} s`), WITHIN_MS);
    child.stdin.on('error', () => undefined); // It has ended: its end says why.
    child.stdin.end(question);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
      if (answer.length > ANSWER_BYTES_MAX) {
        giveUp(`it has more than ${ANSWER_BYTES_MAX} bytes of settings`);
      }
    });
    const finish = (outcome: Outcome<string>): void => {
      clearTimeout(timer);
      done(outcome);
    };
    child.on('error', ({ message }) => finish(failure(`${program} could not be started: ${message}`)));
    child.on('close', (code, signal) => {
      endGroup(child.pid ?? 0, identity);
      if (fault === undefined && code !== 0) {
        fault = `its Python ${describeExit({ code, signal })}`;
      }
      finish(fault === undefined ? success(answer) : failure(fault));
    });
  });
}
