import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseExtensionList } from './extension-list.ts';

test('parseExtensionList() reads names and parameters, with and without values', () => {
  deepEqual(parseExtensionList(['permessage-deflate; client_max_window_bits; server_max_window_bits=10', 'foo']), [
    {
      name: 'permessage-deflate',
      parameters: [
        { name: 'client_max_window_bits', value: undefined },
        { name: 'server_max_window_bits', value: '10' },
      ],
    },
    { name: 'foo', parameters: [] },
  ]);
});

test('parseExtensionList() reads the example of RFC 6455 9.1, and spaces anywhere', () => {
  const expected = [
    { name: 'foo', parameters: [] },
    { name: 'bar', parameters: [{ name: 'baz', value: '2' }] },
  ];
  deepEqual(parseExtensionList(['foo', 'bar; baz=2']), expected);
  deepEqual(parseExtensionList(['foo, bar; baz=2']), expected);
  deepEqual(parseExtensionList([' foo\t,\tbar ;baz = 2 ']), expected);
});

test('parseExtensionList() unquotes', () => {
  const valueIn = (text: string): string | undefined => parseExtensionList([text])?.[0]?.parameters[0]?.value;
  equal(valueIn('a; b="10"'), '10');
  equal(valueIn('a; b="1\\0"'), '10');
  equal(valueIn('a; b = "x-y"'), 'x-y');
});

test('parseExtensionList() keeps what comes twice', () => {
  deepEqual(parseExtensionList(['a; b; b'])?.[0]?.parameters.length, 2);
});

test('parseExtensionList() skips empty elements', () => {
  deepEqual(parseExtensionList([]), []);
  deepEqual(parseExtensionList(['']), []);
  deepEqual(parseExtensionList([', ,a,']), [{ name: 'a', parameters: [] }]);
});

test('parseExtensionList() refuses what breaks the grammar', () => {
  for (const text of [
    ';',
    'a;',
    'a;;b',
    'a b',
    'a; b c',
    'a; =1',
    'a; b=',
    'a; b=""',
    'a; b="',
    'a; b="1',
    'a; b=1"',
    'a; b="1"2',
    'a; b="1" 2',
    'a; b="1 2"',
    'a; b="1\\"',
    'a; b="\\"1"',
    'a; b="1,2"',
    'a; b="1;2"',
    'a; b=1=2',
    'a=1',
    'a; b="é"',
    '"a"',
    'good, b@d',
  ]) {
    equal(parseExtensionList([text]), undefined, text);
  }
});
