import { equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { isAcceptableId, RequestIds } from './request-id.ts';

test('RequestIds are 32 hexadecimal digits and all different', () => {
  const ids = new RequestIds();
  const seen = Array.from({ length: 10_000 }, () => ids.next());
  for (const id of seen) match(id, /^[0-9a-f]{32}$/);
  equal(new Set(seen).size, seen.length);
  equal(new RequestIds().next() === seen[0], false);
});

test('isAcceptableId() refuses what must not reach a log, and what is long', () => {
  equal(isAcceptableId('a1b2-C3_4.5'), true);
  for (const id of [undefined, '', 'a b', 'a\nb', '<x>', 'é', 'x'.repeat(200)]) {
    equal(isAcceptableId(id), false, id);
  }
});
