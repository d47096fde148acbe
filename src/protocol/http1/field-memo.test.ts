import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from './faults.ts';
import type { FieldLine } from './field.ts';
import { parseFieldLine } from './field.ts';
import { FieldMemo } from './field-memo.ts';
import { FIELD_MEMO_LIMITS } from './limits.ts';

function parse(line: string): FieldLine {
  const field = parseFieldLine(Buffer.from(line), 0, line.length);
  assert.ok(!isFault(field));
  return field;
}

function remember(memo: FieldMemo, line: string): FieldLine {
  const field = parse(line);
  memo.add(field);
  return field;
}

test('get() gives the field that was added for the line', () => {
  const memo = new FieldMemo();
  const field = remember(memo, 'X: y');
  assert.equal(memo.get('X: y'), field);
  assert.equal(memo.get('x: y'), undefined);
});

test('add() takes nothing that is secret, and nothing long', () => {
  const memo = new FieldMemo();
  const long = `X: ${'y'.repeat(FIELD_MEMO_LIMITS.lineBytesMax)}`;
  for (const line of [
    'Cookie: a=b',
    'AUTHORIZATION: x',
    'Proxy-Authorization: x',
    'Set-Cookie: a',
    'X-Api-Key: k',
    long,
  ]) {
    remember(memo, line);
    assert.equal(memo.get(line), undefined, line);
  }
  assert.equal(memo.size, 0);
});

test('a flood of new lines leaves it bounded, and what is in use stays', () => {
  const memo = new FieldMemo(10);
  const used = remember(memo, 'Used: yes');
  for (let index = 0; index < 1000; index += 1) {
    remember(memo, `X: ${index}`);
    assert.equal(memo.get('Used: yes'), used);
    assert.ok(memo.size <= 20, `${memo.size} lines`);
  }
  assert.equal(memo.get('X: 0'), undefined);
});
