import { readFileSync } from 'node:fs';

/** The letter that proc(5) has for what a process does. Undefined if there is none, or no /proc. The name before it may have spaces and parentheses of its own. */
export function readProcessState(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '')[0];
  } catch {
    return undefined;
  }
}
