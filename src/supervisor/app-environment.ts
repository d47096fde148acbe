/** The environment variables that the application gets: ours, those of --env-file, those of --env, the later winning. */

import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import type { Interpreter } from './interpreter.ts';
import type { Identity } from './privileges.ts';

export interface EnvironmentSources {
  readonly own: NodeJS.ProcessEnv;
  /** Absolute, or ''. */
  readonly file: string;
  readonly given: ReadonlyMap<string, string>;
  readonly interpreter: Interpreter;
  readonly identity: Identity | undefined;
}

export function buildAppEnvironment({
  own,
  file,
  given,
  interpreter,
  identity,
}: EnvironmentSources): Outcome<NodeJS.ProcessEnv> {
  let fromFile: NodeJS.Dict<string> = {};
  if (file !== '') {
    try {
      fromFile = parseEnv(readFileSync(file, 'utf8'));
    } catch (error) {
      return failure(`--env-file: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  const env = { ...own, ...identityVariables(identity), ...fromFile, ...Object.fromEntries(given) };
  return success({ ...env, ...venvVariables(interpreter, env['PATH']) });
}

/** What `activate` does, so that programs that the application starts are those of the environment. */
function venvVariables({ venv }: Interpreter, path = ''): NodeJS.ProcessEnv {
  const bin = join(venv, 'bin');
  return venv === ''
    ? {}
    : { VIRTUAL_ENV: venv, PATH: path.split(delimiter)[0] === bin ? path : `${bin}${delimiter}${path}` };
}

function identityVariables(identity: Identity | undefined): NodeJS.ProcessEnv {
  return identity === undefined || identity.userName === ''
    ? {}
    : { USER: identity.userName, LOGNAME: identity.userName, HOME: identity.home };
}
