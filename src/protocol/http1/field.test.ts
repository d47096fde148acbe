import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from './faults.ts';
import { isFault } from './faults.ts';
import type { FieldLine } from './field.ts';
import { parseFieldLine, ROLE } from './field.ts';

function parse(line: string): FieldLine | Fault {
  const bytes = Buffer.from(`x${line}\r\n`, 'latin1');
  return parseFieldLine(bytes, 1, bytes.length - 2);
}

function read(line: string): unknown {
  const field = parse(line);
  return isFault(field) ? field.code : [field.name, field.lower, field.value];
}

test('parseFieldLine() keeps the name as it came and trims the value', () => {
  assert.deepEqual(read('X-Y:z'), ['X-Y', 'x-y', 'z']);
  assert.deepEqual(read('X-Y: \t z: \xe9 \t'), ['X-Y', 'x-y', 'z: \xe9']);
  assert.deepEqual(read('x:'), ['x', 'x', '']);
});

test('parseFieldLine() says what is wrong with a line', () => {
  const faults: Record<string, string> = {
    'no colon': 'http1.missing-colon',
    ': y': 'http1.bad-field-name',
    'a b: y': 'http1.bad-field-name',
    'a\0: y': 'http1.bad-field-name',
    'a : y': 'http1.space-before-colon',
    'a\t: y': 'http1.space-before-colon',
    ' a: y': 'http1.folded-line',
    '\ta': 'http1.folded-line',
    'a: \0': 'http1.bad-field-value',
    'a: b\rc': 'http1.bare-line-break',
    'a\rb: c': 'http1.bare-line-break',
    'Content-Length: x': 'http1.bad-content-length',
    'Content-Length: ': 'http1.bad-content-length',
    'Content-Length: 9007199254740992': 'http1.content-length-too-large',
    'Host: a b': 'http1.bad-host',
  };
  for (const [line, code] of Object.entries(faults)) {
    assert.equal(read(line), code, JSON.stringify(line));
  }
});

test('parseFieldLine() notes the role of a field and the number in it', () => {
  const facts = ['content-LENGTH: 0042', 'Host:', 'X: 1', 'Connection: close'].map((line) => {
    const field = parse(line);
    return isFault(field) ? field.code : [field.role, field.number];
  });
  assert.deepEqual(facts, [
    [ROLE.contentLength, 42],
    [ROLE.host, 0],
    [ROLE.none, 0],
    [ROLE.connection, 0],
  ]);
});
