/** Reads a file of variables: a regular file of bounded size, so that each reload can read it again. */

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';

/** A program cannot be given more than 2 MiB of variables and arguments. */
const BYTES_MAX = 1_048_576;

/** The fault continues a sentence that begins with the path. */
export function readEnvFile(path: string): Outcome<string> {
  try {
    // Opening a named pipe would wait for somebody who writes to it.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readOpen(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const hint =
      code === 'EACCES'
        ? '. It is read again at each reload, as the user that the server runs as: give it to a group of that user (chgrp, chmod 640)'
        : '';
    return failure(`cannot be read (${code})${hint}`);
  }
}

function readOpen(fd: number): Outcome<string> {
  const stat = fstatSync(fd);
  if (!stat.isFile()) {
    return failure(
      'is not a file: it is read at the start and again at each reload, so a pipe or a folder will not do',
    );
  }
  if (stat.size > BYTES_MAX) {
    return failure(`has more than ${BYTES_MAX} bytes`);
  }
  const bytes = readFileSync(fd);
  try {
    return success(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return failure('is not UTF-8');
  }
}
