/** Files that a configuration names, whole: a pipe does not make the reader wait, and neither an endless device nor a file that is no configuration fills the memory. */

import { closeSync, constants as fileConstants, fstatSync, openSync, readSync } from 'node:fs';
import { constants } from 'node:os';

/** A pipe would wait for somebody who writes to it, and a terminal would become ours. */
const READ_FLAGS: number = fileConstants.O_RDONLY | fileConstants.O_NONBLOCK | fileConstants.O_NOCTTY;
/** Devices and the process file system do not say how much there is. */
const PIECE_BYTES = 65_536;

/** What open(2) has to say is thrown before, and what read(2) has to say after `onOpen`. A file that is too large is EFBIG, a pipe EINVAL. */
export function readBounded(path: string, bytesMax: number, onOpen: () => void = () => undefined): Buffer {
  const fd = openSync(path, READ_FLAGS);
  onOpen();
  try {
    const stats = fstatSync(fd);
    const { size } = stats;
    if (stats.isFIFO()) {
      // What has come up to now may be nothing, or half of it; and a reload would find nothing.
      throw systemError('EINVAL');
    }
    if (size > bytesMax) {
      throw systemError('EFBIG');
    }
    const pieces: Buffer[] = [];
    for (let length = 0; ; ) {
      const piece = Buffer.allocUnsafe(Math.max(size - length + 1, PIECE_BYTES));
      const count = readSync(fd, piece);
      if (count === 0) {
        return pieces.length === 1 ? (pieces[0] ?? piece) : Buffer.concat(pieces);
      }
      length += count;
      if (length > bytesMax) {
        throw systemError('EFBIG');
      }
      pieces.push(piece.subarray(0, count));
    }
  } finally {
    closeSync(fd);
  }
}

function systemError(code: 'EFBIG' | 'EINVAL'): Error {
  return Object.assign(new Error(code), { code, errno: -constants.errno[code] });
}
