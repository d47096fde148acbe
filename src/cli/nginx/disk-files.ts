/** nginx's files as they lie on the disk. */

import { readdirSync } from 'node:fs';
import type { FileFault, NginxFileReader } from '../../config/dialects/nginx/read-nginx-files.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { systemFault } from '../../kernel/system-words.ts';
import { readBounded } from '../files/read-bounded.ts';

/** Far beyond any configuration; the limit keeps a disk image that was named by mistake out of the memory. */
const FILE_BYTES_MAX = 64 * 1_048_576;

export const DISK_FILES: NginxFileReader = { readFile, listFolder };

function readFile(path: string): Outcome<Buffer, FileFault> {
  let call = 'open()';
  try {
    const bytes = readBounded(path, FILE_BYTES_MAX, () => {
      call = 'read()';
    });
    return success(bytes);
  } catch (error) {
    return failure({ call, ...systemFault(error) });
  }
}

function listFolder(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path === '' ? '.' : path);
  } catch {
    return undefined;
  }
}
