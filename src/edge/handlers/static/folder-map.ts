/** A map by folder and path. Two steps, so that no text is put together for a question. */

import type { Folder } from './folder.ts';

export class FolderMap<T> {
  readonly #folders = new Map<Folder, Map<string, T>>();

  get(folder: Folder, path: string): T | undefined {
    return this.#folders.get(folder)?.get(path);
  }

  set(folder: Folder, path: string, value: T): void {
    let paths = this.#folders.get(folder);
    if (paths === undefined) {
      paths = new Map();
      this.#folders.set(folder, paths);
    }
    paths.set(path, value);
  }

  delete(folder: Folder, path: string): void {
    const paths = this.#folders.get(folder);
    paths?.delete(path);
    // A folder of which nothing is known any more is not held: some are made for a request.
    if (paths?.size === 0) {
      this.#folders.delete(folder);
    }
  }
}
