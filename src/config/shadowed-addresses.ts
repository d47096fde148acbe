/**
 * Rules of addresses that are never asked: of a list in which the first that fits decides, those that lie within one before them. A list of 10,000 takes no longer
 * than its sorting.
 */

import { parseNetwork } from '../kernel/addresses/parse-network.ts';

interface Wide {
  readonly index: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** `addresses`: an address, a network or `all` each. For each the index of the rule before it that decides about all that it means; undefined: it is asked. */
export function findShadowing(addresses: readonly string[]): readonly (number | undefined)[] {
  const wide: Record<4 | 6, Wide[]> = { 4: [], 6: [] };
  const others = new Map<string, number>();
  let all: number | undefined;
  return addresses.map((text, index) => {
    const range = parseNetwork(text);
    if (all !== undefined) {
      return all;
    }
    if (range !== undefined) {
      const sorted = wide[range.family];
      const around = findAround(sorted, range.first, range.last);
      if (around === undefined) {
        insert(sorted, { index, first: range.first, last: range.last });
      }
      return around;
    }
    const before = others.get(text);
    all = text === 'all' ? index : undefined;
    others.set(text, before ?? index);
    return before;
  });
}

/** Networks lie in each other or apart, and none of those that are kept lies in another that came before it: they are sorted by where they begin. */
function findAround(sorted: readonly Wide[], first: bigint, last: bigint): number | undefined {
  const before = sorted[countUpTo(sorted, first) - 1];
  return before !== undefined && before.last >= last ? before.index : undefined;
}

/** Those that a wider one holds are left out from then on: it decides about the same. */
function insert(sorted: Wide[], fresh: Wide): void {
  const at = countUpTo(sorted, fresh.first - 1n);
  let end = at;
  while (end < sorted.length && (sorted[end] as Wide).last <= fresh.last) {
    end += 1;
  }
  sorted.splice(at, end - at, fresh);
}

function countUpTo(sorted: readonly Wide[], first: bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as Wide).first <= first) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
