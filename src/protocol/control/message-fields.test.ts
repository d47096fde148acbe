import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MESSAGE_LIMITS, MessageFields } from './message-fields.ts';

test('MessageFields takes what has the type that is asked for, and remembers the first key that has not', () => {
  const fields = new MessageFields({ t: 'a', n: 3, s: 0.5, b: true, l: ['x'], r: [{ t: 'y' }], o: { n: 1 }, c: 'two' });
  assert.deepEqual(
    [
      fields.text('t'),
      fields.number('n'),
      fields.span('s'),
      fields.boolean('b'),
      fields.texts('l'),
      fields.isTrue('b'),
    ],
    ['a', 3, 0.5, true, ['x'], true],
  );
  assert.deepEqual([fields.record('o').number('n'), fields.records('r').map((each) => each.text('t'))], [1, ['y']]);
  assert.equal(fields.choice('c', ['one', 'two']), 'two');
  assert.deepEqual(
    [fields.text('no', 'instead'), fields.optionalText('no'), fields.optionalNumber('no')],
    ['instead', null, null],
  );
  assert.deepEqual([fields.optionalText('t'), fields.optionalNumber('n'), fields.has('no')], ['a', 3, false]);
  assert.deepEqual([fields.texts('no'), fields.records('no')], [[], []]);
  assert.equal(fields.wrong, undefined);
  fields.records('r').map((each) => each.number('t'));
  fields.text('n');
  assert.equal(fields.wrong, 't', 'the first, wherever it is');
});

test('MessageFields takes no number that is no count, and no choice that is none', () => {
  for (const value of [-1, 1.5, Number.NaN, Infinity, 2 ** 53, '1']) {
    const fields = new MessageFields({ value });
    fields.number('value');
    assert.equal(fields.wrong, 'value', String(value));
  }
  const other = new MessageFields({ value: 'constructor' });
  assert.equal(other.choice('value', ['a', 'b'], 'b'), 'b');
  assert.equal(other.wrong, 'value');
});

test('MessageFields takes nothing that is longer than a message has reason for', () => {
  const long = 'x'.repeat(MESSAGE_LIMITS.textLengthMax + 1);
  const many = Array.from({ length: MESSAGE_LIMITS.itemsMax + 1 }, () => 'x');
  const whole = new MessageFields({ text: long.slice(1), list: many.slice(1), longText: long });
  whole.text('text');
  whole.texts('list');
  whole.longText('longText');
  assert.equal(whole.wrong, undefined);
  const cases: readonly [string, (fields: MessageFields) => unknown][] = [
    ['text', (fields) => fields.text('key')],
    ['texts', (fields) => fields.texts('key')],
    ['records', (fields) => fields.records('key')],
  ];
  for (const [what, take] of cases) {
    for (const key of what === 'text' ? [long] : [many, [long], 'x', { length: 1 }]) {
      const fields = new MessageFields({ key });
      take(fields);
      assert.equal(fields.wrong, 'key', what);
    }
  }
});
