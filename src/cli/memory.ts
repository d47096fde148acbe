import { totalmem } from 'node:os';

/** What processes here may use: of the machine's memory, or of the control group's. */
export function memoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
