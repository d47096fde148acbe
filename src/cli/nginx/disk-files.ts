/** nginx's files as they lie on the disk. */

import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import type { FileFault, NginxFileReader } from '../../config/dialects/nginx/read-nginx-files.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { systemFault } from '../../kernel/system-words.ts';

/** Far beyond any configuration; the limit keeps a disk image that was named by mistake out of the memory. */
const FILE_BYTES_MAX = 64 * 1_048_576;
/** A pipe would wait for somebody who writes to it. */
const READ_FLAGS: number = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

export const DISK_FILES: NginxFileReader = { readFile, listFolder };

function readFile(path: string): Outcome<Buffer, FileFault> {
  let fd: number;
  try {
    fd = openSync(path, READ_FLAGS);
  } catch (error) {
    return failure({ call: 'open()', ...systemFault(error) });
  }
  try {
    return fstatSync(fd).size > FILE_BYTES_MAX
      ? failure({ call: 'read()', ...systemFault({ code: 'EFBIG', errno: -27 }) })
      : success(readFileSync(fd));
  } catch (error) {
    return failure({ call: 'read()', ...systemFault(error) });
  } finally {
    closeSync(fd);
  }
}

function listFolder(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path === '' ? '.' : path);
  } catch {
    return undefined;
  }
}
