/**
 * Makes ranges that may lie over each other into ranges that do not: where several hold an address, the one with the highest rank counts. One pass over their ends in
 * order, with the ranges that are open in a heap, so that ten thousand take a few milliseconds.
 */

import type { AddressRange } from './parse-network.ts';

export interface RankedRange<T> extends AddressRange {
  readonly value: T;
  readonly rank: number;
}

export interface DisjointRange<T> {
  readonly first: bigint;
  readonly last: bigint;
  readonly value: T;
}

/** Of one family. The result is in order, and neighbours with the same value are one. */
export function disjointRanges<T>(ranges: readonly RankedRange<T>[]): DisjointRange<T>[] {
  const byFirst = ranges.toSorted((one, other) => compare(one.first, other.first));
  const borders = bordersOf(ranges);
  const open: RankedRange<T>[] = [];
  const result: DisjointRange<T>[] = [];
  let next = 0;
  borders.forEach((from, index) => {
    for (let range = byFirst[next]; range !== undefined && range.first === from; range = byFirst[next]) {
      pushHeap(open, range);
      next += 1;
    }
    while (open[0] !== undefined && open[0].last < from) {
      popHeap(open);
    }
    const end = borders[index + 1];
    if (open[0] !== undefined && end !== undefined) {
      append(result, { first: from, last: end - 1n, value: open[0].value });
    }
  });
  return result;
}

/** Every address at which a range begins, and every one behind an end. */
function bordersOf(ranges: readonly AddressRange[]): readonly bigint[] {
  const all = ranges.flatMap(({ first, last }) => [first, last + 1n]).sort(compare);
  return all.filter((value, index) => value !== all[index - 1]);
}

function append<T>(result: DisjointRange<T>[], range: DisjointRange<T>): void {
  const before = result.at(-1);
  if (before !== undefined && before.value === range.value && before.last + 1n === range.first) {
    result[result.length - 1] = { ...before, last: range.last };
  } else {
    result.push(range);
  }
}

function compare(one: bigint, other: bigint): number {
  return one < other ? -1 : Number(one > other);
}

function pushHeap<T>(heap: RankedRange<T>[], range: RankedRange<T>): void {
  let at = heap.push(range) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || above.rank >= range.rank) {
      break;
    }
    heap[at] = above;
    at = parent;
  }
  heap[at] = range;
}

function popHeap<T>(heap: RankedRange<T>[]): void {
  const moved = heap.pop();
  if (moved === undefined || heap.length === 0) {
    return;
  }
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const right = left + 1;
    const child = (heap[right]?.rank ?? -1) > (heap[left]?.rank ?? -1) ? right : left;
    const below = heap[child];
    if (below === undefined || below.rank <= moved.rank) {
      break;
    }
    heap[at] = below;
    at = child;
  }
  heap[at] = moved;
}
