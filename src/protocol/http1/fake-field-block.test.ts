import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldBlock } from './fake-field-block.ts';

test('fieldBlock() holds lines as they are given, also those that no parser lets pass', () => {
  const block = fieldBlock([
    ['Accept', 'a'],
    ['no token', ''],
    ['accept', 'b'],
  ]);
  deepEqual(
    block.fields.map(({ name, lower, value }) => [name, lower, value]),
    [
      ['Accept', 'accept', 'a'],
      ['no token', 'no token', ''],
      ['accept', 'accept', 'b'],
    ],
  );
  equal(block.get('accept'), 'a');
  deepEqual(block.getAll('accept'), ['a', 'b']);
});

test('fieldBlock() decides nothing about the message', () => {
  const { contentLength, host, transferCodings } = fieldBlock([
    ['Content-Length', '5'],
    ['Host', 'h'],
    ['Transfer-Encoding', 'chunked'],
  ]);
  deepEqual(
    { contentLength, host, transferCodings },
    { contentLength: undefined, host: undefined, transferCodings: [] },
  );
});
