/** Sorts an array that may be long without holding the event loop: short runs at once, which are then merged bit by bit. */

import { FILES_LIMITS } from './limits.ts';

export async function sortGently<T>(items: readonly T[], compare: (one: T, other: T) => number): Promise<readonly T[]> {
  let runs: (readonly T[])[] = [];
  for (let from = 0; from < items.length; from += FILES_LIMITS.entriesAtATime) {
    runs.push(items.slice(from, from + FILES_LIMITS.entriesAtATime).sort(compare));
    await otherWork();
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [one = [], other = []] = runs.slice(at, at + 2);
      merged.push(await merge(one, other, compare));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

/** Lets the event loop do what else there is to do. */
export function otherWork(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function merge<T>(
  one: readonly T[],
  other: readonly T[],
  compare: (a: T, b: T) => number,
): Promise<readonly T[]> {
  const merged: T[] = [];
  let at = 0;
  for (const item of other) {
    for (let next = one[at]; next !== undefined && compare(next, item) <= 0; next = one[at]) {
      merged.push(next);
      at += 1;
    }
    merged.push(item);
    if (merged.length % FILES_LIMITS.entriesAtATime === 0) {
      await otherWork();
    }
  }
  return merged.concat(one.slice(at));
}
