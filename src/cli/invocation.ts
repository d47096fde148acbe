/** What the caller of the launcher has said: the launcher keeps it from Node, which would take some of it for its own. */

export interface Invocation {
  readonly args: readonly string[];
  /** A copy: what is changed in it changes nothing for the process. */
  readonly env: NodeJS.ProcessEnv;
}

/** `bin/portico` puts this before every argument … */
const ARGUMENT_MARK = '=';
/** … and this before the name of every variable that governs Node, its libraries or the dynamic linker. */
const HELD = 'PORTICO_HELD_';
/** This one the launcher sets for us. */
const CACHE_VARIABLE = 'NODE_COMPILE_CACHE';

/** Started without the launcher, as a debugger does, everything is the caller's as it stands. */
export function readInvocation(args: readonly string[], env: NodeJS.ProcessEnv): Invocation {
  if (!args[0]?.startsWith(ARGUMENT_MARK)) {
    return { args, env: { ...env } };
  }
  const theirs: NodeJS.ProcessEnv = {};
  for (const [name, text] of Object.entries(env)) {
    const isHeld = name.startsWith(HELD);
    if (isHeld || name !== CACHE_VARIABLE) {
      theirs[isHeld ? name.slice(HELD.length) : name] = text;
    }
  }
  return { args: args.map((argument) => argument.slice(ARGUMENT_MARK.length)), env: theirs };
}
