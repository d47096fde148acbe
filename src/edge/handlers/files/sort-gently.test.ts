import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FILES_LIMITS } from './limits.ts';
import { sortGently } from './sort-gently.ts';

test('sortGently() sorts as sort() does, whatever the length', async () => {
  const most = FILES_LIMITS.entriesAtATime;
  for (const count of [0, 1, 2, most, most + 1, 3 * most + 7]) {
    const items = Array.from({ length: count }, (_, index) => ({ key: (index * 7919) % 101, index }));
    const compare = (one: { key: number }, other: { key: number }): number => one.key - other.key;
    assert.deepEqual(await sortGently(items, compare), items.toSorted(compare), String(count));
  }
});
