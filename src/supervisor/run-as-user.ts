/**
 * Where root starts a program for somebody else, such as the application's Python: becomes that user, and is the program then (execve(2)). What the program
 * loads before our code in it (`site.py`, `.pth` files of the user's) so has no more rights than the user.
 *
 * Arguments: the user, as JSON; the program, a path or a name; its arguments.
 */

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { becomeUser } from '../kernel/become-user.ts';

/** As shells have it: it may not be run, or is not there. */
const NOT_RUN = 126;
const NOT_FOUND = 127;

const [, , user = '', name = '', ...args] = process.argv;
becomeUser(user);
const folders = name.includes('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter);
const paths = folders.map((folder) => join(folder, name));
const program = paths.find((path) => whyNot(path) === undefined);
if (program === undefined) {
  const isThere = paths.some((path) => whyNot(path) !== 'ENOENT');
  process.stderr.write(`portico: ${name} ${isThere ? 'may not be run (EACCES)' : 'is not there (ENOENT)'}\n`);
  process.exit(isThere ? NOT_RUN : NOT_FOUND);
}
// Node ends this process where the kernel does not take the program, with a message that names the error.
process.execve?.(program, [name, ...args], process.env);

/** Asked before: of an error of execve(2) Node makes a crash. */
function whyNot(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? undefined : 'EACCES';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOTDIR' ? 'ENOENT' : code;
  }
}
