/** What an application is run with: its Python and its environment. */

import type { App } from '../config/model/app.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { success } from '../kernel/outcome.ts';
import type { Elsewhere } from '../protocol/control/zygote.ts';
import { buildAppEnvironment, identityVariables } from './app-environment.ts';
import type { Installation } from './installation.ts';
import type { Identity } from './privileges.ts';
import { actFor } from './privileges.ts';
import { askTool } from './python/ask-tool.ts';
import type { Interpreter } from './python/interpreter.ts';
import { findInterpreter } from './python/interpreter.ts';

export interface Runtime {
  readonly interpreter: Interpreter;
  readonly env: NodeJS.ProcessEnv;
  /** One sentence each. */
  readonly warnings: readonly string[];
}

/** What is the same for all applications. */
export type Around = Pick<Place, 'cwd' | 'env' | 'installation'>;

export interface Place {
  readonly target: string;
  readonly chdir: string;
  /** The folder that was asked for, where the application was found in another. */
  readonly servedFrom?: string;
  /** Where the server was started. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly installation: Installation;
}

/** Where an application is: where the model says, or where a zygote has found it (`moved`). */
export function placeOf({ target, chdir }: App, { cwd, env, installation }: Around, moved?: Elsewhere): Place {
  const around = { cwd, env, installation };
  return moved === undefined
    ? { ...around, target, chdir }
    : { ...around, target: moved.app, chdir: moved.folder, servedFrom: chdir };
}

/** Looked at again for each generation: a deployment may have moved them. With the user's rights: all of it is files of the application's. */
export function findRuntime(app: App, place: Place, identity: Identity | undefined): Outcome<Runtime> {
  return actFor(identity, () => find(app, place, identity));
}

function find(
  app: App,
  { target, cwd, env, installation, chdir, servedFrom }: Place,
  identity: Identity | undefined,
): Outcome<Runtime> {
  const usersEnv = { ...env, ...identityVariables(identity) };
  const interpreter = findInterpreter({
    named: app.python,
    installation,
    app: target,
    chdir,
    ...(servedFrom === undefined ? {} : { servedFrom }),
    cwd,
    env: usersEnv,
    ask: (program, args, folder) => askTool([program, ...args], folder, { identity, env: usersEnv }),
  });
  if (!interpreter.ok) {
    return interpreter;
  }
  const built = buildAppEnvironment({
    own: env,
    file: app.envFile,
    given: new Map(Object.entries(app.env)),
    interpreter: interpreter.value,
    identity,
  });
  if (!built.ok) {
    return built;
  }
  const { env: appEnv, warnings } = built.value;
  return success({
    interpreter: interpreter.value,
    env: appEnv,
    warnings: [...interpreter.value.warnings, ...warnings],
  });
}
