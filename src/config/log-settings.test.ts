import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOG_SETTINGS } from './log-settings.ts';

test('"-" is standard error, as in gunicorn, and no file of that name', () => {
  const { parse } = LOG_SETTINGS.logFile;
  assert.deepEqual(parse(['-']), { ok: true, value: '' });
  assert.deepEqual(parse(['a']), { ok: true, value: 'a' });
  assert.equal(parse(['']).ok, false);
});
