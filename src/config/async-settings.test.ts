import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ASYNC_SETTINGS } from './async-settings.ts';

test('the largest message of a WebSocket has a size, and not none', () => {
  const { parse } = ASYNC_SETTINGS.wsMessageBytesMax;
  assert.deepEqual(parse(['1']), { ok: true, value: 1 });
  assert.deepEqual(parse(['2M']), { ok: true, value: 2 * 2 ** 20 });
  assert.equal(parse(['0']).ok, false);
  assert.equal(parse(['x']).ok, false);
});
