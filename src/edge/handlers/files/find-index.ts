/** Looks for the file that stands for a folder, in the order of the configuration. */

import type { CompiledTemplate, Route } from '../../pipeline/route.ts';
import type { Found } from '../static/load-file.ts';
import { statusOfAbsent } from './absent-status.ts';
import type { FilePlace } from './file-places.ts';
import type { ScopeFiles } from './file-server.ts';
import { quoted, wordsOf } from './say-absent.ts';

export type IndexOutcome =
  /** Ask for this path in its place. */
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'refused'; readonly status: number }
  /** The folder is there, and has none of them. */
  | { readonly kind: 'none' };

const NONE: IndexOutcome = { kind: 'none' };

/** `done` is called once: before `findIndex` returns, if all of it is known. */
export function findIndex(
  files: ScopeFiles,
  indexes: readonly CompiledTemplate[],
  route: Route,
  done: (outcome: IndexOutcome) => void,
): void {
  new IndexSearch(files, indexes, route, done).next();
}

class IndexSearch {
  readonly #files: ScopeFiles;
  readonly #indexes: readonly CompiledTemplate[];
  readonly #route: Route;
  readonly #done: (outcome: IndexOutcome) => void;
  #at = 0;
  #hasFolder = false;

  constructor(
    files: ScopeFiles,
    indexes: readonly CompiledTemplate[],
    route: Route,
    done: (outcome: IndexOutcome) => void,
  ) {
    this.#files = files;
    this.#indexes = indexes;
    this.#route = route;
    this.#done = done;
  }

  next(): void {
    const index = this.#indexes[this.#at];
    if (index === undefined) {
      this.#done(NONE);
      return;
    }
    this.#at += 1;
    const route = this.#route;
    const name = typeof index === 'string' ? index : index(route);
    if (name.startsWith('/')) {
      this.#done({ kind: 'path', path: name });
      return;
    }
    const folder = this.#files.places.of(route, route.path);
    if (folder === undefined) {
      this.#done({ kind: 'refused', status: 500 });
    } else {
      const place: FilePlace = { folder: folder.folder, path: folder.path + name };
      this.#look(place, (found) => this.#onFound(found, route.path + name, place));
    }
  }

  #look(place: FilePlace, onFound: (found: Found) => void): void {
    const { sender } = this.#files.server;
    const found = sender.find(place.folder, place.path);
    if (found === undefined) {
      sender.wait(place.folder, place.path, { onFound });
    } else {
      onFound(found);
    }
  }

  #onFound(found: Found, path: string, place: FilePlace): void {
    const isThere = found.kind === 'absent' ? found.isThere : found.kind === 'directory' || found.hasPlain;
    if (isThere) {
      this.#done({ kind: 'path', path });
    } else if (found.kind !== 'absent' || found.code === 'ENOENT') {
      this.#ensureFolder(() => this.next());
    } else {
      this.#refuse(statusOfAbsent(found), place, found);
    }
  }

  /** A folder that is missing is 404, one without an index is not. */
  #ensureFolder(proceed: () => void): void {
    const place = this.#hasFolder ? undefined : this.#files.places.of(this.#route, this.#route.path);
    if (place === undefined) {
      proceed();
      return;
    }
    const folder: FilePlace = { folder: place.folder, path: place.path.replace(/(?<=[^/])\/$/, '') };
    this.#look(folder, (found) => {
      if (found.kind === 'absent' && found.code !== 'EACCES') {
        this.#refuse(statusOfAbsent(found), folder, found);
      } else {
        this.#hasFolder = true;
        proceed();
      }
    });
  }

  #refuse(status: number, place: FilePlace, found: Found): void {
    const { scope } = this.#files;
    if (found.kind === 'absent' && (status !== 404 || scope.files.logsMissing)) {
      const what = status === 404 ? 'is not found' : 'is forbidden';
      this.#route.log('error', `${quoted(place)} ${what} (${wordsOf(found)})`);
    }
    this.#done({ kind: 'refused', status });
  }
}
