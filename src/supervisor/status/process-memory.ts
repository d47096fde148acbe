/** How much memory a process has, as `ps` tells it. What is shared with others counts in full: see memory-watch.ts for a share of that. */

import { readFileSync } from 'node:fs';
import type { MemorySnapshot } from './snapshot.ts';

/** 0 if the process is gone, or the system does not tell. */
export function readProcessMemory(pid: number, read: (path: string) => string = readText): MemorySnapshot {
  const status = pid === 0 ? '' : read(`/proc/${pid}/status`);
  return { rssBytes: bytesOf('VmRSS', status), vszBytes: bytesOf('VmSize', status) };
}

function bytesOf(name: string, status: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
