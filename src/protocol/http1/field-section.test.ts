import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from './faults.ts';
import type { FieldLine } from './field.ts';
import { FieldMemo } from './field-memo.ts';
import { FieldSection } from './field-section.ts';

function read(section: FieldSection, text: string, like?: readonly FieldLine[]): readonly FieldLine[] {
  const fields = section.read({ text, bytes: Buffer.from(text, 'latin1'), base: 0 }, 0, like);
  assert.ok(fields !== undefined && !isFault(fields));
  return fields;
}

function faultOf(section: FieldSection, text: string, like?: readonly FieldLine[]): string | undefined {
  const fields = section.read({ text, bytes: Buffer.from(text, 'latin1'), base: 0 }, 0, like);
  return isFault(fields) ? fields.code : undefined;
}

function values(fields: readonly FieldLine[]): string {
  return fields.map(({ name, value }) => name + value).join(' ');
}

test('read() gives the lines before the empty one, and where it ended', () => {
  const section = new FieldSection(undefined, 10);
  assert.equal(values(read(section, 'A: 1\r\nB: 2\r\n\r\nrest')), 'A1 B2');
  assert.equal(section.end, 14);
  assert.deepEqual(read(section, '\r\n'), []);
  assert.equal(section.end, 2);
});

test('read() waits for the empty line', () => {
  const section = new FieldSection(undefined, 10);
  for (const text of ['', 'A', 'A: 1\r', 'A: 1\r\n', 'A: 1\r\n\r']) {
    assert.equal(section.read({ text, bytes: Buffer.from(text), base: 0 }, 0), undefined, JSON.stringify(text));
  }
});

test('read() returns the lines that were expected if they are what comes', () => {
  const section = new FieldSection(undefined, 10);
  const first = read(section, 'A: 1\r\nCookie: c\r\n\r\n');
  assert.equal(read(section, 'A: 1\r\nCookie: c\r\n\r\n', first), first);
  assert.notEqual(read(section, 'A: 1\r\n\r\n', first), first);
  assert.notEqual(read(section, 'A: 1\r\nCookie: c\r\nX: y\r\n\r\n', first), first);
});

test('read() finds its place again after a line that is new, gone or changed', () => {
  const section = new FieldSection(undefined, 10);
  const [a, b, c] = read(section, 'A: 1\r\nB: 2\r\nC: 3\r\n\r\n');
  assert.ok(a !== undefined && b !== undefined && c !== undefined);
  const like = [a, b, c];
  const changed = read(section, 'A: 1\r\nB: 9\r\nC: 3\r\n\r\n', like);
  assert.deepEqual([changed[0] === a, changed[1] === b, changed[2] === c], [true, false, true]);
  const gone = read(section, 'B: 2\r\nC: 3\r\n\r\n', like);
  assert.deepEqual([values(gone), gone[1] === c], ['B2 C3', true]);
  const added = read(section, 'A: 1\r\nX: 0\r\nB: 2\r\nC: 3\r\n\r\n', like);
  assert.deepEqual([values(added), added[2] === b, added[3] === c], ['A1 X0 B2 C3', true, true]);
});

test('read() shares lines through the memo, but no secrets', () => {
  const memo = new FieldMemo();
  const [a1, cookie1] = read(new FieldSection(memo, 10), 'A: 1\r\nCookie: c\r\n\r\n');
  const [a2, cookie2] = read(new FieldSection(memo, 10), 'A: 1\r\nCookie: c\r\n\r\n');
  assert.equal(a1, a2);
  assert.notEqual(cookie1, cookie2);
});

test('read() refuses one field too many, wherever it is known from', () => {
  const memo = new FieldMemo();
  const section = new FieldSection(memo, 2);
  const two = read(section, 'A: 1\r\nB: 2\r\n\r\n');
  assert.equal(faultOf(section, 'A: 1\r\nB: 2\r\nA: 1\r\n', two), 'http1.too-many-fields');
  assert.equal(faultOf(section, 'A: 1\r\nB: 2\r\nA: 1\r\n', [...two, ...two]), 'http1.too-many-fields');
  assert.equal(faultOf(section, 'A: 1\r\nB: 2\r\nC: 3\r\n'), 'http1.too-many-fields');
});

test('read() reports the first line at fault', () => {
  const section = new FieldSection(undefined, 10);
  assert.equal(faultOf(section, ' A: 1\r\n'), 'http1.leading-space');
  assert.equal(faultOf(section, 'A: 1\r\n B\r\nC\r\n'), 'http1.folded-line');
  assert.equal(faultOf(section, 'A: 1\nB\r\n'), 'http1.bare-line-break');
  assert.equal(faultOf(section, 'A: 1\r\n\n'), 'http1.bare-line-break');
});

test('read() takes kept lines from the bytes, beginning at its base', () => {
  const bytes = Buffer.from('skipped A: 1\r\n\r\n');
  const fields = new FieldSection(undefined, 10).read({ text: bytes.latin1Slice(8), bytes, base: 8 }, 0);
  assert.ok(fields !== undefined && !isFault(fields));
  assert.equal(values(fields), 'A1');
});
