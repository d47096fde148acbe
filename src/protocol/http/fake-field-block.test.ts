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

test('fieldBlock() knows the fields that only a trusted proxy may send', () => {
  deepEqual(
    ['X-Forwarded-For', 'Forwarded', 'Accept'].map((name) => fieldBlock([[name, 'a']]).hasProxyFields),
    [true, true, false],
  );
});
