import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectGarbage } from './garbage.ts';

test('collectGarbage() gives back what nobody holds any more', () => {
  let texts: string[] | undefined = Array.from({ length: 200_000 }, (_, index) => `text ${index}`);
  const before = process.memoryUsage().heapUsed;
  assert.equal(texts.length, 200_000);
  texts = undefined;
  collectGarbage();
  assert.ok(process.memoryUsage().heapUsed < before - 5_000_000);
});
