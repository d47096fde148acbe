/** How much memory processes use: their proportional share, which counts what is shared with the zygote only in part. */

import { readFileSync } from 'node:fs';

/** Bytes, or undefined if the process is gone or the kernel does not tell. */
export function readMemoryBytes(pid: number, read: (path: string) => string = readText): number | undefined {
  const rollup = read(`/proc/${pid}/smaps_rollup`);
  const shares = [...rollup.matchAll(/^(?:Pss|SwapPss):\s+(\d+) kB$/gm)];
  if (shares.length > 0) {
    return shares.reduce((sum, [, kilobytes]) => sum + Number(kilobytes), 0) * 1024;
  }
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1];
  return resident === undefined ? undefined : Number(resident) * 1024;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
