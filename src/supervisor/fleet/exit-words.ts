/** How a process ended, in words that can be looked up. */

import type { Exit } from './fleet-types.ts';

const SIGNAL_WORDS: ReadonlyMap<string, string> = new Map([
  ['SIGKILL', 'by hand, or by the kernel for want of memory'],
  ['SIGSEGV', 'segmentation fault'],
  ['SIGABRT', 'abort'],
  ['SIGBUS', 'bus error'],
  ['SIGFPE', 'arithmetic error'],
  ['SIGILL', 'illegal instruction'],
  ['SIGTERM', 'asked to end'],
  ['SIGINT', 'interrupt'],
  ['SIGSYS', 'forbidden system call'],
  ['SIGXCPU', 'processor time limit'],
]);

export function describeExit({ code, signal, error }: Exit): string {
  if (error !== undefined) {
    return `could not be started (${error})`;
  }
  if (signal !== null) {
    const words = SIGNAL_WORDS.get(signal);
    return `was killed by ${signal}${words ? ` (${words})` : ''}`;
  }
  return code === null ? 'is gone' : `exited with code ${code}`;
}
