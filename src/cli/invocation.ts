/** What the caller of the launcher has said. The launcher keeps it from Node, which would take some arguments and variables for its own. */

import type { Installation } from '../supervisor/installation.ts';
import { IN_NO_PYTHON } from '../supervisor/installation.ts';
import type { OwnProgram, ServiceManager, Surroundings } from '../supervisor/service-manager.ts';
import { NO_MANAGER } from '../supervisor/service-manager.ts';
import type { Predecessor } from '../supervisor/upgrade/predecessor.ts';
import { PREDECESSOR_VARIABLE, readPredecessor } from '../supervisor/upgrade/predecessor.ts';

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
/** What was called: `bin/portico`, by the path of the caller, which may be a link that leads to a newer version by now. */
const PROGRAM_VARIABLE = 'PORTICO_PROGRAM';
/** The process is a daemon, which the one that was started waits for. */
export const DAEMON_VARIABLE = 'PORTICO_DAEMON';
const OURS: ReadonlySet<string> = new Set([
  CACHE_VARIABLE,
  MANAGER_VARIABLE,
  INSTALLATION_VARIABLE,
  PROGRAM_VARIABLE,
  DAEMON_VARIABLE,
  PREDECESSOR_VARIABLE,
]);

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
  const predecessor = readPredecessor(env[PREDECESSOR_VARIABLE]);
  const installation = readInstallation(env[INSTALLATION_VARIABLE]);
  const words = args.map((argument) => argument.slice(ARGUMENT_MARK.length));
  const program = programOf(words, installation, env[PROGRAM_VARIABLE], { ...theirs });
  return {
    args: words,
    env: theirs,
    manager: readManager(env[MANAGER_VARIABLE], predecessor),
    installation,
    ...(program === undefined ? {} : { program }),
    ...(predecessor === undefined ? {} : { predecessor }),
  };
}

/** The launcher removes the variable from its environment: python/hand_over.py alone can have set it. */
function readManager(handedOver: string | undefined, predecessor: Predecessor | undefined): ServiceManager {
  if (predecessor !== undefined) {
    const { notifyFd, watchdogUs } = predecessor.handOver;
    return { ...NO_MANAGER, notifyFd, watchdogUs };
  }
  return handedOver === undefined ? NO_MANAGER : (JSON.parse(handedOver) as ServiceManager);
}

/** Undefined: the launcher was not called by a program of ours. */
function programOf(
  words: readonly string[],
  { python, isAsked }: Installation,
  called: string | undefined,
  env: NodeJS.ProcessEnv,
): OwnProgram | undefined {
  if (isAsked) {
    return { file: python, args: ['-m', 'portico', ...words], env };
  }
  return called === undefined ? undefined : { file: called, args: words, env };
}

/** `bin/launch.sh` says what is written here: "module:PYTHON", "script:PYTHON" or nothing. */
function readInstallation(said: string | undefined): Installation {
  const [, how, python] = /^(module|script):(.+)$/s.exec(said ?? '') ?? [];
  return python === undefined ? IN_NO_PYTHON : { python, isAsked: how === 'module' };
}
