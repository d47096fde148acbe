/** A folder in which others find the bodies of requests by their names: with one body a file, in folders inside of it that share the files out. */

import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OpenedFile } from '../spool/spool-folder.ts';

/** As many digits as nginx's names have. */
const NAME_DIGITS = 10;
/** A name that is taken is not tried again. Of ten thousand million names two that are the same are no more than chance; so many are a fault. */
const ATTEMPTS_MAX = 10;

export class BodyFolder {
  readonly #path: string;
  readonly #levels: readonly number[];

  /** `levels`: how many of a name's last digits name the folders that the file is in, outermost first: 1, 2 is 9/78/0123456789. */
  constructor(path: string, levels: readonly number[]) {
    this.#path = path;
    this.#levels = levels;
  }

  /** A new file that only our own user can read; folders are made. Throws what mkdir(2) and open(2) throw. */
  openFile(): OpenedFile {
    for (let left = ATTEMPTS_MAX; ; left -= 1) {
      const path = this.#pathOf(String(randomInt(10 ** NAME_DIGITS)).padStart(NAME_DIGITS, '0'));
      try {
        return { path, fd: openNew(path) };
      } catch (error) {
        if (left <= 1 || (error as NodeJS.ErrnoException).code !== 'EEXIST') {
          throw error;
        }
      }
    }
  }

  #pathOf(name: string): string {
    let end = name.length;
    const folders = this.#levels.map((count) => {
      end -= count;
      return name.slice(end, end + count);
    });
    return join(this.#path, ...folders, name);
  }
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx+', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
    makeFolder(dirname(path));
    return openSync(path, 'wx+', 0o600);
  }
}

/** Node's own `recursive` tries for ever where a folder is there and none can be made in it, as in /proc. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      return; // Another thread was faster, or it is no folder, which open(2) tells.
    }
    if (code !== 'ENOENT' || existsSync(dirname(path))) {
      throw error;
    }
    makeFolder(dirname(path));
    makeFolder(path);
  }
}
