/**
 * Random bytes that nobody can guess, from where `node:crypto` has its seed. To load `node:crypto` takes 3 to 6 ms of a start and 0.6 MB in every process:
 * it is left to those who have something to sign, to hash or to encrypt.
 */

const SOURCE = '/dev/urandom';

export function randomBytes(count: number, source: string = SOURCE): Buffer {
  return readAll(source, count) ?? process.getBuiltinModule('node:crypto').randomBytes(count);
}

/** Undefined: there is no such device here, as in a root folder that was made by hand. */
function readAll(source: string, count: number): Buffer | undefined {
  const { closeSync, fstatSync, openSync, readSync } = process.getBuiltinModule('node:fs');
  let fd: number;
  try {
    fd = openSync(source, 'r');
  } catch {
    return undefined;
  }
  try {
    const bytes = Buffer.alloc(count);
    // A file that stands in the place of the device holds nothing random.
    const isWhole = fstatSync(fd).isCharacterDevice() && readSync(fd, bytes) === count;
    return isWhole ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}
