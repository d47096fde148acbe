/** Where a configuration names a file that something is wrong with: the model has the path alone, and the place is looked for in what was read. */

import type { FilePlace } from '../../config/place.ts';
import { renderPlace } from '../../config/place.ts';
import type { TextOf } from '../../config/source-excerpt.ts';

/** Texts in quotes, comments (which begin a word), and words. */
const WORDS = /"([^"\n]*)"|'([^'\n]*)'|#.*|[^\s;{}"'=,[\]]+/g;

/** The path that the message speaks of first. */
export function pathIn(message: string, paths: readonly string[]): string | undefined {
  let found: string | undefined;
  let first = Infinity;
  for (const path of paths) {
    const at = message.indexOf(path);
    const isBetter = at !== -1 && (at < first || (at === first && path.length > (found?.length ?? 0)));
    if (isBetter) {
      found = path;
      first = at;
    }
  }
  return found;
}

/** The word that says most of the path, and the first of those: `site.pem` stands for `/etc/ssl/site.pem` where nothing names the folder. */
export function placeOfPath(path: string, files: readonly string[], textOf: TextOf): FilePlace | undefined {
  let found: FilePlace | undefined;
  for (const file of files) {
    for (const [index, line] of (textOf(file) ?? '').split('\n').entries()) {
      for (const match of line.matchAll(WORDS)) {
        const word = match[1] ?? match[2] ?? match[0];
        const isLonger = word.length > (found?.length ?? 0);
        if (isLonger && !word.startsWith('#') && isEndOf(path, word)) {
          const column = match.index + (word === match[0] ? 1 : 2);
          found = { kind: 'file', file, line: index + 1, column, length: word.length };
        }
      }
    }
  }
  return found;
}

/** An absolute path, or what has the form of one. */
const PATHS = /\/[^\s"',;()]+/g;

/** The message behind the place where the first of its paths that was read anywhere stands. */
export function withPlace(message: string, files: readonly string[], textOf: TextOf): string {
  for (const [path] of message.matchAll(PATHS)) {
    const place = placeOfPath(path.replace(/[:.]+$/, ''), files, textOf);
    if (place !== undefined) {
      return `${renderPlace(place)}: ${message}`;
    }
  }
  return message;
}

function isEndOf(path: string, word: string): boolean {
  return path === word || path.endsWith(`/${word.replace(/^(?:\.{1,2}\/)+/, '')}`);
}
