/** What the caller of the launcher has said. The launcher keeps it from Node, which would take some arguments and variables for its own. */

import type { Installation } from '../supervisor/installation.ts';
import { IN_NO_PYTHON } from '../supervisor/installation.ts';
import type { ServiceManager, Surroundings } from '../supervisor/service-manager.ts';
import { NO_MANAGER } from '../supervisor/service-manager.ts';

/** `env` is a copy: what is changed in it changes nothing for the process. */
export interface Invocation extends Surroundings {
  readonly args: readonly string[];
}

/** `bin/launch.sh` puts this before every argument … */
const ARGUMENT_MARK = '=';
/** … and this before the name of every variable that governs Node, its libraries or the dynamic linker. */
const HELD = 'PORTICO_HELD_';
/** Variables that the launcher sets for this process, and not for the application. */
const CACHE_VARIABLE = 'NODE_COMPILE_CACHE';
const MANAGER_VARIABLE = 'PORTICO_SERVICE_MANAGER';
const INSTALLATION_VARIABLE = 'PORTICO_INSTALLATION';
/** The process is a daemon, which the one that was started waits for. */
export const DAEMON_VARIABLE = 'PORTICO_DAEMON';
const OURS: ReadonlySet<string> = new Set([CACHE_VARIABLE, MANAGER_VARIABLE, INSTALLATION_VARIABLE, DAEMON_VARIABLE]);

/** Without the launcher, as when a debugger starts Node, the arguments and variables are the caller's as they stand. */
export function readInvocation(args: readonly string[], env: NodeJS.ProcessEnv): Invocation {
  if (!args[0]?.startsWith(ARGUMENT_MARK)) {
    return { args, env: { ...env }, manager: NO_MANAGER, installation: IN_NO_PYTHON };
  }
  const theirs: NodeJS.ProcessEnv = {};
  for (const [name, text] of Object.entries(env)) {
    const isHeld = name.startsWith(HELD);
    if (isHeld || !OURS.has(name)) {
      theirs[isHeld ? name.slice(HELD.length) : name] = text;
    }
  }
  const handedOver = env[MANAGER_VARIABLE];
  return {
    args: args.map((argument) => argument.slice(ARGUMENT_MARK.length)),
    env: theirs,
    // The launcher removes this variable from its environment: python/hand_over.py alone can have set it.
    manager: handedOver === undefined ? NO_MANAGER : (JSON.parse(handedOver) as ServiceManager),
    installation: readInstallation(env[INSTALLATION_VARIABLE]),
  };
}

/** `bin/launch.sh` says what is written here: "module:PYTHON", "script:PYTHON" or nothing. */
function readInstallation(said: string | undefined): Installation {
  const [, how, python] = /^(module|script):(.+)$/s.exec(said ?? '') ?? [];
  return python === undefined ? IN_NO_PYTHON : { python, isAsked: how === 'module' };
}
