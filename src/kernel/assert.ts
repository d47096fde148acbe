/** States what is always so; a failure is a bug. `node:assert`, which can show differences, is for tests: it takes a start 2 ms in every process. */
export function assert(isSo: boolean, message: string): asserts isSo {
  if (!isSo) {
    throw new Error(message);
  }
}
