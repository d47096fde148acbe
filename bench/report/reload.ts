import type { Answer } from '../harness/paced-clients.ts';
import { median } from './statistics.ts';

export interface Reload {
  /** Before the reload. */
  readonly perSecond: number;
  /** Requests that were not answered with 200. */
  readonly failed: number;
  /** Requests that were asked again because a kept connection was closed under them. */
  readonly repeated: number;
  /** The worst window after the reload, as a share of the median window before. */
  readonly dip: number;
  /** The longest time without an answer, after the reload. */
  readonly silenceMs: number;
}

/** On the clock of `performance.now()`. */
export interface Span {
  readonly beganMs: number;
  readonly reloadedMs: number;
  readonly endMs: number;
}

const WINDOW_MS = 250;
const MS_PER_SECOND = 1000;

export function describeReload(answers: readonly Answer[], { beganMs, reloadedMs, endMs }: Span): Reload {
  const good = answers.filter(({ status }) => status === 200).map(({ atMs }) => atMs);
  const before = median(countWindows(good, beganMs, reloadedMs));
  return {
    perSecond: (before * MS_PER_SECOND) / WINDOW_MS,
    failed: answers.length - good.length,
    repeated: answers.reduce((sum, { repeats }) => sum + repeats, 0),
    dip: Math.min(...countWindows(good, reloadedMs, endMs)) / before,
    silenceMs: longestGap([reloadedMs, ...good.filter((atMs) => atMs > reloadedMs && atMs < endMs), endMs]),
  };
}

function countWindows(timesMs: readonly number[], fromMs: number, toMs: number): number[] {
  const counts = Array<number>(Math.floor((toMs - fromMs) / WINDOW_MS)).fill(0);
  for (const atMs of timesMs) {
    const window = Math.floor((atMs - fromMs) / WINDOW_MS);
    const count = counts[window];
    if (count !== undefined) counts[window] = count + 1;
  }
  return counts;
}

function longestGap(timesMs: readonly number[]): number {
  const sorted = timesMs.toSorted((a, b) => a - b);
  return sorted.reduce((longest, atMs, index) => Math.max(longest, atMs - (sorted[index - 1] ?? atMs)), 0);
}
