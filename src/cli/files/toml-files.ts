/** The files of a portico.toml, as they are on the disk. */

import { globSync } from 'node:fs';
import type { TomlFiles } from '../../config/toml/documents.ts';
import type { Elsewhere } from '../../config/toml/placeholders.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { readBounded } from './read-bounded.ts';

/** The limit keeps any other file that was named out of the memory. A map of 10,000 entries has half a megabyte. */
const FILE_BYTES_MAX = 16 * 2 ** 20;
const SECRET_BYTES_MAX = 65_536;

export const TOML_FILES: TomlFiles & Pick<Elsewhere, 'readSecret'> = {
  readText: (path) => read(path, FILE_BYTES_MAX),
  readSecret: (path) => read(path, SECRET_BYTES_MAX),
  glob: (pattern) => globSync(pattern).sort(),
};

function read(path: string, bytesMax: number): Outcome<string> {
  try {
    return success(readBounded(path, bytesMax).toString('utf8'));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      EFBIG: `it has more than ${bytesMax} bytes`,
      EINVAL: 'it is a pipe, in which a reload would find nothing',
      ENOENT: 'there is no such file',
    };
    return failure(reasons[code] ?? `it cannot be read (${code})`);
  }
}
