import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeMemcachedKey } from './escape-key.ts';

test('what would end a key or a command is escaped, and the sign of that', () => {
  assert.equal(
    escapeMemcachedKey('/a b%c\r\nset x 0 0 1\r\n\0\x7f\xff'),
    '/a%20b%25c%0D%0Aset%20x%200%200%201%0D%0A%00\x7f\xff',
  );
});
