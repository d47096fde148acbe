import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { withoutDuplicates } from './duplicate-fields.ts';
import { fakeHead } from './fake-proxied.ts';

test('of fields that may be there once the first counts, and the others are told of', () => {
  const said: string[] = [];
  const { fields } = fakeHead(200, [
    ['ETag', '"a"'],
    ['Set-Cookie', 'a'],
    ['etag', '"b"\x01'],
    ['Set-Cookie', 'b'],
  ]);
  const kept = withoutDuplicates(fields, (text) => said.push(text));
  deepEqual(
    kept.map(({ value }) => value),
    ['"a"', 'a', 'b'],
  );
  deepEqual(said, [
    'upstream sent duplicate header line: "etag: \\x22b\\x22\\x01", previous value: "ETag: \\x22a\\x22", ignored',
  ]);
});

test('a list without any is the same', () => {
  const { fields } = fakeHead(200, [
    ['ETag', '"a"'],
    ['Vary', 'a'],
    ['Vary', 'b'],
  ]);
  equal(
    withoutDuplicates(fields, () => undefined),
    fields,
  );
});
