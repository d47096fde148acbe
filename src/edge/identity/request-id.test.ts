import { equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { acceptableId, RequestIds } from './request-id.ts';

test('RequestIds are 32 hexadecimal digits and all different', () => {
  const ids = new RequestIds();
  const seen = Array.from({ length: 10_000 }, () => ids.next());
  for (const id of seen) match(id, /^[0-9a-f]{32}$/);
  equal(new Set(seen).size, seen.length);
  equal(new RequestIds().next() === seen[0], false);
});

test('acceptableId() refuses what must not reach a log, what is long, and what is said twice', () => {
  equal(acceptableId(['a1b2-C3_4.5']), 'a1b2-C3_4.5');
  for (const id of ['', 'a b', 'a\nb', '<x>', 'é', 'x'.repeat(200)]) equal(acceptableId([id]), undefined, id);
  equal(acceptableId([]), undefined);
  equal(acceptableId(['a', 'b']), undefined);
});
