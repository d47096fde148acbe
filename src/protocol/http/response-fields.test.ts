import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsOf, fieldsOfLines, makeLine, NO_FIELDS } from './response-fields.ts';

const TEXT = 'Content-Type: text/plain\r\nSet-Cookie: a=1\r\nX-Empty: \r\nset-cookie: b=2\r\n';

test('fieldsOf() gives its text as it is, and its lines', () => {
  const fields = fieldsOf(TEXT);
  equal(fields.text, TEXT);
  deepEqual(fields.lines, [
    { name: 'Content-Type', lower: 'content-type', value: 'text/plain' },
    { name: 'Set-Cookie', lower: 'set-cookie', value: 'a=1' },
    { name: 'X-Empty', lower: 'x-empty', value: '' },
    { name: 'set-cookie', lower: 'set-cookie', value: 'b=2' },
  ]);
  equal(fields.lines, fields.lines, 'they are made once');
  equal(fieldsOfLines(fields.lines).text, TEXT);
  equal(fields.get('set-cookie'), 'a=1');
  deepEqual(fields.getAll('set-cookie'), ['a=1', 'b=2']);
  deepEqual([fields.get('x-none'), fields.has('x-empty'), fields.has('x-none')], [undefined, true, false]);
});

test('values keep colons, and bytes that only look like a space', () => {
  const fields = fieldsOf('Location: https://a:1/\r\nX-A: \xa0b\x85\r\n');
  deepEqual(fields.getAll('location'), ['https://a:1/']);
  equal(fields.get('x-a'), '\xa0b\x85');
});

test('an edit is a new object, and leaves the one before as it was', () => {
  const fields = fieldsOf(TEXT);
  for (const made of [fields, fieldsOfLines(fields.lines)]) {
    equal(made.with('X-B', 'c').text, `${TEXT}X-B: c\r\n`);
    equal(made.with('Set-Cookie', 'c=3').getAll('set-cookie').length, 3);
    equal(
      made.set('SET-Cookie', 'c=3').text,
      'Content-Type: text/plain\r\nSET-Cookie: c=3\r\nX-Empty: \r\n',
      'in the place of the first',
    );
    equal(made.set('X-B', 'c').text, `${TEXT}X-B: c\r\n`);
    equal(made.without('set-cookie', 'x-empty').text, 'Content-Type: text/plain\r\n');
    equal(made.without('x-none'), made);
    equal(made.and(fieldsOf('X-B: c\r\n')).text, `${TEXT}X-B: c\r\n`);
    equal(made.and(NO_FIELDS), made);
    equal(NO_FIELDS.and(made), made);
    equal(made.text, TEXT);
  }
});

test('hasDate follows every edit', () => {
  const dated = fieldsOf('X-A: b\r\ndate: Thu, 01 Jan 2015 00:00:00 GMT\r\n');
  equal(dated.hasDate, true);
  equal(fieldsOf('Last-Date: x\r\nX-A: date: b\r\n').hasDate, false);
  equal(fieldsOf(TEXT, false).with('Date', 'x').hasDate, true);
  equal(dated.without('date').hasDate, false);
  equal(fieldsOf(TEXT, false).and(dated).hasDate, true);
  equal(NO_FIELDS.set('DATE', 'x').hasDate, true);
});

test('a value of a client cannot end its line, not even by what latin-1 would make of a character', () => {
  equal(NO_FIELDS.with('Location', '/a\r\nSet-Cookie: b=1\0\x7f').text, 'Location: /a  Set-Cookie: b=1 \x7f\r\n');
  // U+010A would be written as the byte 0A, and so would the half of a pair of surrogates.
  equal(NO_FIELDS.set('X-A', 'a\u{10a}b\u{1040a}c\ud80ad').text, 'X-A: a?b?c?d\r\n');
  equal(NO_FIELDS.with('X-A', ' \tb\t ').text, 'X-A: b\r\n');
});

test('a name that is no token is a bug of the caller', () => {
  for (const name of ['', 'a b', 'a:', 'a\r\nb']) {
    throws(() => makeLine(name, 'c'), TypeError);
  }
});

test('isEmpty does not ask for the other form', () => {
  deepEqual([NO_FIELDS.isEmpty, fieldsOfLines([]).isEmpty, fieldsOf(TEXT).isEmpty], [true, true, false]);
});
