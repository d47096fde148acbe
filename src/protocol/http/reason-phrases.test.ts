import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonPhrase } from './reason-phrases.ts';

test('reasonPhrase() knows registered statuses and is silent about others', () => {
  assert.deepEqual([200, 404, 413, 418, 431, 504, 299, 999].map(reasonPhrase), [
    ...[
      'OK',
      'Not Found',
      'Content Too Large',
      "I'm a Teapot",
      'Request Header Fields Too Large',
      'Gateway Timeout',
      '',
      '',
    ],
  ]);
});
