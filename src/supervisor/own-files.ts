/** Whose the program itself is: whether the user that the server is for can read it, and whether anybody but root can change it. */

import { closeSync, lstatSync, openSync, realpathSync } from 'node:fs';
import type { ProcessSettings } from '../config/model/server-model.ts';
import type { Identity } from './privileges.ts';
import { asUser } from './privileges.ts';
import { isRootsAlone } from './trusted-path.ts';

const WRITABLE_BY_OTHERS = 0o022;

/** The rest of a sentence that begins with the user's name; undefined if all can be read. */
export function whyUnreadable(identity: Identity, paths: readonly string[]): string | undefined {
  const hidden = asUser(identity, () => paths.find((path) => !canOpen(path)));
  return hidden === undefined
    ? undefined
    : `may not read Portico itself (${hidden}). Install it where that user may look, such as in the site's virtual environment or below /opt`;
}

/**
 * Undefined: root may run these files again later, whatever happens meanwhile. (Those of an installation have one owner, so that some of them speak for all.) Otherwise
 * why it may not, as a sentence.
 */
export function whyNotRoots(
  paths: readonly string[],
  { edgeProgram, zygoteProgram }: Pick<ProcessSettings, 'edgeProgram' | 'zygoteProgram'>,
): string | undefined {
  if (edgeProgram !== '' || zygoteProgram !== '') {
    return 'root starts no programs but its own for a user: the rights of root are given up for good';
  }
  const changeable = paths.find((path) => !isRootsFile(path));
  return changeable === undefined
    ? undefined
    : `others than root can change ${changeable}, so the server gives up root's rights for good: a reload binds no port below 1024, and opens no file of root's`;
}

/** Nobody but root can change what is run under this path. */
export function isRootsFile(path: string): boolean {
  try {
    const { uid, mode } = lstatSync(realpathSync(path));
    return isRootsAlone(path) && uid === 0 && (mode & WRITABLE_BY_OTHERS) === 0;
  } catch {
    return false;
  }
}

function canOpen(path: string): boolean {
  try {
    closeSync(openSync(path, 'r'));
    return true;
  } catch (error) {
    // What is missing is told by whoever needs it.
    return (error as NodeJS.ErrnoException).code !== 'EACCES';
  }
}
