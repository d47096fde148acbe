import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { disjointRanges } from './disjoint-ranges.ts';

function taken(...ranges: readonly (readonly [first: number, last: number, value: string])[]): string {
  const ranked = ranges.map(([first, last, value], rank) => ({
    ...{ family: 4 as const, first: BigInt(first), last: BigInt(last) },
    ...{ value, rank },
  }));
  return disjointRanges(ranked)
    .map(({ first, last, value }) => `${first}-${last} ${value}`)
    .join(', ');
}

test('disjointRanges() has the highest rank count where ranges lie over each other', () => {
  for (const [ranges, result] of [
    [taken([0, 9, 'a'], [3, 5, 'b']), '0-2 a, 3-5 b, 6-9 a'],
    [taken([3, 5, 'b'], [0, 9, 'a']), '0-9 a'],
    [taken([0, 5, 'a'], [3, 9, 'b'], [4, 4, 'c']), '0-2 a, 3-3 b, 4-4 c, 5-9 b'],
    [taken([0, 1, 'a'], [2, 3, 'a'], [5, 5, 'a']), '0-3 a, 5-5 a'],
    [taken([0, 0, 'a'], [0, 0, 'b']), '0-0 b'],
    [taken(), ''],
  ]) {
    deepEqual(ranges, result);
  }
});

test('disjointRanges() gives what painting one over the other gives', () => {
  let seed = 1;
  const next = (bound: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 12) % bound;
  };
  for (let round = 0; round < 300; round += 1) {
    const ranges = Array.from({ length: 1 + next(12) }, (_, rank) => {
      const first = next(40);
      return { family: 4 as const, first: BigInt(first), last: BigInt(first + next(12)), value: next(4), rank };
    });
    const painted = new Map<bigint, number>();
    for (const { first, last, value } of ranges) {
      for (let at = first; at <= last; at += 1n) painted.set(at, value);
    }
    const result = new Map<bigint, number>();
    for (const { first, last, value } of disjointRanges(ranges)) {
      for (let at = first; at <= last; at += 1n) result.set(at, value);
    }
    deepEqual(result.size, painted.size);
    for (const [at, value] of painted) deepEqual(result.get(at), value);
  }
});
