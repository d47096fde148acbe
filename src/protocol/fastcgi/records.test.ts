import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FASTCGI, FASTCGI_LIMITS, paddingOf, recordHeader } from './records.ts';

test('content is padded to a multiple of eight bytes', () => {
  assert.deepEqual([0, 1, 7, 8, 9, 65_535].map(paddingOf), [0, 7, 1, 0, 7, 1]);
  assert.equal(paddingOf(FASTCGI_LIMITS.stdinBytesMax), 0);
});

test('a header has the lengths in big endian', () => {
  assert.equal(recordHeader(FASTCGI.stdin, 0x1234), '\x01\x05\0\x01\x12\x34\x04\0');
});
