import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from './faults.ts';
import { isFault } from './faults.ts';
import type { FieldLine } from './field.ts';
import { parseFieldLine, ROLE } from './field.ts';
import { ParsedBlock } from './field-block.ts';

function parse(line: string): FieldLine | Fault {
  const bytes = Buffer.from(line);
  return parseFieldLine(bytes, 0, bytes.length);
}

function block(...lines: string[]): ParsedBlock {
  return new ParsedBlock(lines.map(parse).filter((field): field is FieldLine => !isFault(field)));
}

test('get() gives the first value, getAll() all of them', () => {
  const fields = block('Accept: a', 'X: 1', 'ACCEPT: b');
  assert.equal(fields.get('accept'), 'a');
  assert.equal(fields.get('cookie'), undefined);
  assert.deepEqual(fields.getAll('accept'), ['a', 'b']);
  assert.deepEqual(fields.getAll('cookie'), []);
});

test('a block knows what its fields say of the message', () => {
  const fields = block(
    ...[
      'Host: a',
      'Content-Length: 5',
      'Transfer-Encoding: GZIP',
      'Transfer-Encoding: x , chunked',
      'Expect: 100-continue',
    ],
    ...['Connection: Close', 'connection: upgrade', 'Upgrade: a', 'Upgrade: b', 'Expect: c'],
  );
  assert.equal(fields.host, 'a');
  assert.equal(fields.contentLength, 5);
  assert.deepEqual(fields.transferCodings, ['gzip', 'x', 'chunked']);
  assert.deepEqual(fields.connection, ['close', 'upgrade']);
  assert.equal(fields.expect, '100-continue, c');
  assert.equal(fields.upgrade, 'a, b');
});

test('an empty block says nothing', () => {
  const { host, contentLength, transferCodings, connection, expect, upgrade, repeatedRoles } = block();
  assert.deepEqual([host, contentLength, expect, upgrade], [undefined, undefined, undefined, undefined]);
  assert.deepEqual([...transferCodings, ...connection], []);
  assert.equal(repeatedRoles, 0);
});

test('a block notes which roles are played twice', () => {
  assert.equal(block('Host: a', 'X: 1', 'X: 2', 'Host: a').repeatedRoles, ROLE.host);
  assert.equal(
    block('Content-Type: a', 'Content-Length: 1', 'Content-Length: 1', 'Content-Type: b').repeatedRoles,
    ROLE.contentLength | ROLE.contentType,
  );
});

test('a block knows whether the response is wanted only under a condition', () => {
  const conditions = [
    'If-Match: *',
    'If-None-Match: "a"',
    'If-Modified-Since: x',
    'If-Unmodified-Since: x',
    'If-Range: "a"',
    'Range: bytes=0-',
  ];
  assert.deepEqual(
    [...conditions, 'Content-Range: bytes 0-1/2', 'Host: a'].map((line) => block('Accept: a', line).hasConditions),
    [true, true, true, true, true, true, false, false],
  );
});
