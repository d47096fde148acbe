import { totalmem } from 'node:os';

/** How much memory the processes here may use: the machine's, or the limit of the control group. */
export function memoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
