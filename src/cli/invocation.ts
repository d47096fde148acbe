/** What the caller of the launcher has said. The launcher keeps it from Node, which would take some arguments and variables for its own. */

import type { ServiceManager, Surroundings } from '../supervisor/service-manager.ts';
import { NO_MANAGER } from '../supervisor/service-manager.ts';

/** `env` is a copy: what is changed in it changes nothing for the process. */
export interface Invocation extends Surroundings {
  readonly args: readonly string[];
}

/** `bin/portico` puts this before every argument … */
const ARGUMENT_MARK = '=';
/** … and this before the name of every variable that governs Node, its libraries or the dynamic linker. */
const HELD = 'PORTICO_HELD_';
/** Variables that the launcher sets for this process, and not for the application. */
const CACHE_VARIABLE = 'NODE_COMPILE_CACHE';
const MANAGER_VARIABLE = 'PORTICO_SERVICE_MANAGER';

/** Without the launcher, as when a debugger starts Node, the arguments and variables are the caller's as they stand. */
export function readInvocation(args: readonly string[], env: NodeJS.ProcessEnv): Invocation {
  if (!args[0]?.startsWith(ARGUMENT_MARK)) {
    return { args, env: { ...env }, manager: NO_MANAGER };
  }
  const theirs: NodeJS.ProcessEnv = {};
  for (const [name, text] of Object.entries(env)) {
    const isHeld = name.startsWith(HELD);
    if (isHeld || (name !== CACHE_VARIABLE && name !== MANAGER_VARIABLE)) {
      theirs[isHeld ? name.slice(HELD.length) : name] = text;
    }
  }
  const handedOver = env[MANAGER_VARIABLE];
  return {
    args: args.map((argument) => argument.slice(ARGUMENT_MARK.length)),
    env: theirs,
    // The launcher removes this variable from its environment: python/hand_over.py alone can have set it.
    manager: handedOver === undefined ? NO_MANAGER : (JSON.parse(handedOver) as ServiceManager),
  };
}
