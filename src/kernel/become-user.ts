/**
 * The first lines of a process that root starts for somebody else. Until they have run, nothing is loaded but our own files, and no variable of the
 * application's has its effect: NODE_OPTIONS in a file of the user's would be code that runs with root's rights.
 */

export interface UserToBecome {
  readonly uid: number;
  readonly gid: number;
  /** All that the user is in. */
  readonly groups: readonly number[];
  /** Entered as the user. */
  readonly folder: string;
}

/** Stands before the name of each variable that waits: no program knows such a name. */
const HELD = '+';
/** EX_OSERR and EX_NOPERM of sysexits.h. */
const SYSTEM_ERROR = 71;
const NO_PERMISSION = 77;

/** The variables, as `becomeUser` has them back. */
export function holdVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [HELD + name, value]));
}

/** `words`: a UserToBecome, as JSON. Ends the process if any of it cannot be done: it must not go on with more rights than it was to have. */
export function becomeUser(words: string): void {
  const { uid, gid, groups, folder } = JSON.parse(words) as UserToBecome; // Root has written it.
  try {
    process.setgroups?.(groups);
    process.setgid?.(gid);
    process.setuid?.(uid);
  } catch (error) {
    endWith(`cannot become user ${uid}: ${(error as Error).message}`, SYSTEM_ERROR);
  }
  if (process.getuid?.() !== uid || process.geteuid?.() !== uid || process.getegid?.() !== gid) {
    endWith(`has not become user ${uid}`, SYSTEM_ERROR);
  }
  try {
    process.chdir(folder);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    endWith(`${folder} cannot be entered by the user that the server runs as (${code})`, NO_PERMISSION);
  }
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith(HELD)) {
      delete process.env[name];
      process.env[name.slice(HELD.length)] = value;
    }
  }
}

function endWith(why: string, code: number): never {
  process.stderr.write(`portico: ${why}\n`);
  process.exit(code);
}
