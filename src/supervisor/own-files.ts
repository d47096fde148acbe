/** Whether a user that the server is to become can read the program itself: an installation of root's may lie in a folder of root's alone. */

import { closeSync, openSync } from 'node:fs';
import type { Identity } from './privileges.ts';
import { asUser } from './privileges.ts';

/** The rest of a sentence that begins with the user's name; undefined if all can be read. */
export function whyUnreadable(identity: Identity, paths: readonly string[]): string | undefined {
  const hidden = asUser(identity, () => paths.find((path) => !canOpen(path)));
  return hidden === undefined
    ? undefined
    : `may not read Portico itself (${hidden}). Install it where that user may look, such as in the site's virtual environment or below /opt`;
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
