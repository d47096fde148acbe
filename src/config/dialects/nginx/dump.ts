/** What `-T` prints: each file once, as it is. */

import type { ReadFile } from './read-nginx-files.ts';

export function dumpNginxFiles(files: readonly ReadFile[]): Buffer {
  return Buffer.concat(
    files.flatMap(({ path, bytes }) => [Buffer.from(`# configuration file ${path}:\n`), bytes, Buffer.from('\n')]),
  );
}
