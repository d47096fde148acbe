import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STATIC_LIMITS } from './limits.ts';
import type { RangeRule } from './ranges.ts';
import { chooseRanges } from './ranges.ts';

/** `0-9 20-29`, or the kind of answer without ranges. */
const LENIENT: RangeRule = {
  countMax: STATIC_LIMITS.rangesMax,
  refusesMalformed: false,
  joins: true,
  holdsForHead: false,
};
const STRICT: RangeRule = { ...LENIENT, refusesMalformed: true, joins: false };

function choose(field: string, size = 100, rule: RangeRule = LENIENT): string {
  const choice = chooseRanges(field, size, rule);
  if (choice.kind !== 'parts') {
    return choice.kind;
  }
  return choice.ranges.map(({ offset, length }) => `${offset}-${offset + length - 1}`).join(' ');
}

test('chooseRanges() reads first and last positions, RFC 9110 14.1.2', () => {
  assert.equal(choose('bytes=0-9'), '0-9');
  assert.equal(choose('bytes=0-0'), '0-0');
  assert.equal(choose('bytes=99-99'), '99-99');
  assert.equal(choose('bytes=10-'), '10-99');
  assert.equal(choose('bytes=0-'), '0-99');
  assert.equal(choose('bytes=90-1000'), '90-99');
  assert.equal(choose(`bytes=90-${'9'.repeat(400)}`), '90-99');
  assert.equal(choose('BYTES=0-9'), '0-9');
});

test('chooseRanges() reads suffixes', () => {
  assert.equal(choose('bytes=-10'), '90-99');
  assert.equal(choose('bytes=-100'), '0-99');
  assert.equal(choose('bytes=-1000'), '0-99');
});

test('chooseRanges() says unsatisfiable when no range has a byte to send', () => {
  assert.equal(choose('bytes=100-'), 'unsatisfiable');
  assert.equal(choose('bytes=100-200'), 'unsatisfiable');
  assert.equal(choose('bytes=-0'), 'unsatisfiable');
  assert.equal(choose('bytes=100-, 200-300, -0'), 'unsatisfiable');
  assert.equal(choose('bytes=0-', 0), 'unsatisfiable');
});

test('chooseRanges() drops unsatisfiable ranges beside satisfiable ones', () => {
  assert.equal(choose('bytes=100-, 5-6'), '5-6');
});

test('chooseRanges() gives an empty file whole for a suffix', () => {
  assert.equal(choose('bytes=-5', 0), 'whole');
});

test('chooseRanges() keeps several ranges in the order they were asked for', () => {
  assert.equal(choose('bytes=0-9,20-29'), '0-9 20-29');
  assert.equal(choose('bytes=-10 , 0-9'), '90-99 0-9');
  assert.equal(choose('bytes=0-4,5-9'), '0-4 5-9');
  assert.equal(choose('bytes=, 0-4,\t,5-9,'), '0-4 5-9');
});

test('chooseRanges() joins ranges that overlap', () => {
  assert.equal(choose('bytes=0-9,5-14'), '0-14');
  assert.equal(choose('bytes=0-,0-,0-'), '0-99');
  assert.equal(choose('bytes=50-60,10-20,15-30'), '10-30 50-60');
  assert.equal(choose('bytes=0-50,10-20'), '0-50');
  assert.equal(choose(`bytes=${Array.from({ length: 60 }, (_, index) => `${index}-`).join(',')}`), '0-99');
});

test('chooseRanges() ignores a request for too many', () => {
  const many = (count: number): string =>
    `bytes=${Array.from({ length: count }, (_, index) => `${index * 2}-${index * 2}`).join(',')}`;
  assert.equal(choose(many(STATIC_LIMITS.rangesMax), 1000).split(' ').length, STATIC_LIMITS.rangesMax);
  assert.equal(choose(many(STATIC_LIMITS.rangesMax + 1), 1000), 'whole');
});

test('chooseRanges() ignores what is not a set of byte ranges', () => {
  const faults = [
    '',
    'bytes',
    'bytes=',
    'bytes=,',
    'bytes=-',
    'bytes=a-b',
    'bytes=5',
    'bytes=9-5',
    'bytes= 0 - 5',
    'bytes=0-5;6-7',
  ];
  faults.push(
    'bytes=0-5, x',
    'bytes=--5',
    'bytes=-5-',
    'bytes=0x1-2',
    'items=0-5',
    'bytes 0-5',
    'bytes=0-5, bytes=7-8',
    'bytes=+1-2',
  );
  for (const field of faults) {
    assert.equal(choose(field), 'whole', field);
  }
});

test('chooseRanges() may refuse what is malformed', () => {
  for (const field of ['bytes=alpha', 'bytes=10-alpha', 'bytes=10', 'bytes=10-11 12-', 'bytes=5-3', 'bytes=,']) {
    assert.equal(choose(field, 100, STRICT), 'unsatisfiable', field);
  }
  for (const field of ['bytes=', 'lines=1-2', 'bytes']) {
    assert.equal(choose(field, 100, STRICT), 'whole', field);
  }
  assert.deepEqual(
    ['bytes=0-9', 'bytes=-5', 'bytes=3-'].map((field) => choose(field, 0, STRICT)),
    ['whole', 'whole', 'unsatisfiable'],
  );
});

test('chooseRanges() may allow spaces around the hyphen, and numbers of 63 bits', () => {
  assert.equal(choose('bytes= 0 - 1 , 5 -', 100, STRICT), '0-1 5-99');
  assert.equal(choose('bytes=- 5', 100, STRICT), 'unsatisfiable');
  assert.equal(choose('bytes=5-2,0-1', 100, STRICT), '0-1');
  assert.equal(choose('bytes=0-9223372036854775808', 100, STRICT), 'unsatisfiable');
  assert.equal(choose('bytes=0 - 1'), 'whole');
});

test('chooseRanges() may leave ranges that overlap as they are, if they are not more than the whole', () => {
  assert.equal(choose('bytes=0-9,5-14', 100, STRICT), '0-9 5-14');
  assert.equal(choose('bytes=0-99,0-0', 100, STRICT), 'whole');
});

test('chooseRanges() counts the ranges that it can send', () => {
  const two = { ...STRICT, countMax: 2 };
  assert.equal(choose('bytes=0-9,-10,10000-', 100, two), '0-9 90-99');
  assert.equal(choose('bytes=0-9,-10,10-19', 100, two), 'whole');
  assert.equal(choose('bytes=0-9', 100, { ...STRICT, countMax: 0 }), 'whole');
});
