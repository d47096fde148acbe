/** The files of a portico.toml, as they are on the disk. */

import { globSync, readFileSync, statSync } from 'node:fs';
import type { TomlFiles } from '../../config/toml/documents.ts';
import type { Elsewhere } from '../../config/toml/placeholders.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';

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
    const { size } = statSync(path);
    return size > bytesMax ? failure(`it has more than ${bytesMax} bytes`) : success(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return failure(code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`);
  }
}
