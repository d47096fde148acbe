import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fakeReading } from './fake-reading.ts';
import type { TomlValue } from './kind.ts';
import { FAULTY } from './kind.ts';
import { DURATION, FLAG, integer, SIZE, TEXT } from './scalars.ts';
import { field, list, pairs, required, table } from './table.ts';

interface Inner {
  readonly level: number;
  readonly types: readonly string[];
}
interface Outer {
  readonly name: string;
  readonly isOn: boolean;
  readonly waitMs: number;
  readonly bytes: number;
  readonly inner?: Inner;
}

const INNER = table<Inner>(
  {
    level: field<number>('level', integer(1, 9), 6, ''),
    types: field<readonly string[]>('types', list(TEXT), ['a'], ''),
  },
  { short: { name: 'level', isShort: (value) => typeof value === 'number' } },
);
const OUTER = table<Outer>({
  name: required<string>('name', TEXT, '', ''),
  isOn: field<boolean>('on', FLAG, false, ''),
  waitMs: field<number>('wait', DURATION, 1000, ''),
  bytes: field<number>('size', SIZE, 0, ''),
  inner: field<Inner | undefined>('inner', INNER, undefined, ''),
});
const AROUND: Outer = { name: 'a', isOn: true, waitMs: 5000, bytes: 0, inner: { level: 2, types: ['b'] } };

function read(value: TomlValue, around?: Outer): { value: Outer | typeof FAULTY; told: string[] } {
  const reading = fakeReading();
  return { value: OUTER.read(value, [], reading, around), told: reading.told };
}

test('a table takes what it does not say from the one around it, key by key', () => {
  deepEqual(read({ wait: '2m', inner: { level: 9 } }, AROUND).value, {
    ...AROUND,
    waitMs: 120_000,
    inner: { level: 9, types: ['b'] },
  });
});

test('without a table around it, what is not said is the default', () => {
  deepEqual(read({ name: 'x', inner: 3 }).value, {
    name: 'x',
    isOn: false,
    waitMs: 1000,
    bytes: 0,
    inner: { level: 3, types: ['a'] },
  });
});

test('false turns off what is on around it', () => {
  equal((read({ inner: false }, AROUND).value as Outer).inner, undefined);
});

test('every fault of a table is told, each with its path', () => {
  const { value, told } = read({ nam: 1, on: 'yes', wait: 'x', inner: { level: 10, types: [1] } });
  equal(value, FAULTY);
  deepEqual(told, [
    'nam: there is no "nam" here. Did you mean "name"?',
    ': "name" is missing',
    'on: "yes" is neither true nor false',
    'wait: "x" is not a time. Write seconds, or 500ms, 5m, 2h',
    'inner.level: 10 is not between 1 and 9',
    'inner.types.0: 1 is not a text',
  ]);
});

test('what is missing and needed is told of the table', () => {
  deepEqual(read({ size: '1M' }).told, [': "name" is missing']);
  deepEqual(read({ size: '1M' }, AROUND).told, []);
});

test('only what differs from the table around it is written, and false for what is off here', () => {
  deepEqual(OUTER.write({ name: 'a', isOn: true, waitMs: 90_000, bytes: 2 ** 20 }, AROUND), {
    wait: '90s',
    size: '1M',
    inner: false,
  });
  equal(OUTER.write(AROUND, AROUND), undefined);
});

test('what is written reads as the same value', () => {
  for (const around of [undefined, AROUND]) {
    const value: Outer = { name: 'b', isOn: false, waitMs: 1500, bytes: 1, inner: { level: 4, types: ['c', 'd'] } };
    deepEqual(read(OUTER.write(value, around) ?? {}, around).value, value);
  }
});

test('pairs keep the order of their keys, and one value stands for a list of it', () => {
  deepEqual(pairs(TEXT, '').read({ b: '1', a: '2' }, [], fakeReading(), undefined), [
    ['b', '1'],
    ['a', '2'],
  ]);
  deepEqual(list(TEXT).read('a', [], fakeReading(), undefined), ['a']);
});
