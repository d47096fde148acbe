import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { SsiState } from './ssi-state.ts';

test('blocks of few bytes, or of none, count for what they cost', () => {
  const full = new SsiState();
  let count = 0;
  do {
    count += 1;
    full.openBlock(`a${count}`);
  } while (count < 100_000 && full.block(`a${count}`) !== undefined);
  ok(count > 1000 && count < 10_000, String(count));
  equal(full.addToBlock('a1', Buffer.from('x')), false);

  const crumbs = new SsiState();
  crumbs.openBlock('a');
  let pieces = 0;
  while (pieces < 100_000 && crumbs.addToBlock('a', Buffer.from('x'))) {
    pieces += 1;
  }
  ok(pieces > 1000 && pieces < 10_000, String(pieces));
  equal(crumbs.block('a')?.length, pieces);
});
