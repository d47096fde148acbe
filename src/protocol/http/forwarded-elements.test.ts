import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseForwarded } from './forwarded-elements.ts';

function parsed(...values: string[]): Record<string, string>[] | undefined {
  return parseForwarded(values)?.map((element) => Object.fromEntries(element));
}

test('parseForwarded() reads the examples of RFC 7239', () => {
  deepEqual(parsed('for="_gazonk"'), [{ for: '_gazonk' }]);
  deepEqual(parsed('For="[2001:db8:cafe::17]:4711"'), [{ for: '[2001:db8:cafe::17]:4711' }]);
  deepEqual(parsed('for=192.0.2.60;proto=http;by=203.0.113.43'), [
    { for: '192.0.2.60', proto: 'http', by: '203.0.113.43' },
  ]);
  deepEqual(parsed('for=192.0.2.43, for=198.51.100.17'), [{ for: '192.0.2.43' }, { for: '198.51.100.17' }]);
});

test('parseForwarded() takes fields of one name for one list', () => {
  deepEqual(parsed('for=192.0.2.43', 'for=198.51.100.17;proto=https,for=unknown'), [
    { for: '192.0.2.43' },
    { for: '198.51.100.17', proto: 'https' },
    { for: 'unknown' },
  ]);
});

test('parseForwarded() finds no comma, semicolon or quote inside a quoted string', () => {
  deepEqual(parsed('for=1.2.3.4;host="a,for=6.6.6.6;x="'), [{ for: '1.2.3.4', host: 'a,for=6.6.6.6;x=' }]);
  deepEqual(parsed('for=1.2.3.4;x="\\",for=6.6.6.6;y=\\"\\\\"'), [{ for: '1.2.3.4', x: '",for=6.6.6.6;y="\\' }]);
  deepEqual(parsed('host=""'), [{ host: '' }]);
});

test('parseForwarded() skips what is empty, and spaces around separators', () => {
  deepEqual(parsed(''), []);
  deepEqual(parsed(' , ,\t'), []);
  deepEqual(parsed(';'), [{}]);
  deepEqual(parsed('for=a;; proto=http ;, ,for=b\t,'), [{ for: 'a', proto: 'http' }, { for: 'b' }]);
});

test('parseForwarded() believes nothing of a text that breaks the grammar anywhere', () => {
  for (const text of [
    ...[
      'for',
      'for=',
      '=a',
      'for =a',
      'for= a',
      'for=a b',
      'for=a=b',
      'for=a;proto',
      'for="a',
      'for="a\\',
      'for="a\\"',
    ],
    ...['for="a"b', 'for="a" b', 'for=a"b"', 'for="a""b"', '"for"=a', 'for=1.2.3.4:80', 'for=[::1]', 'for=2001:db8::1'],
    ...['for=a, for=b c', 'for=a/b', 'for=\xe9', 'for=a,,b', 'x', ',x'],
  ])
    equal(parsed(text), undefined, text);
  // A string that one field begins does not end in the next one.
  equal(parsed('for="a', 'b"'), undefined);
  equal(parsed('for="', 'for=192.0.2.1'), undefined);
});

test('parseForwarded() believes nothing of an element that says something twice', () => {
  equal(parsed('for=192.0.2.1;for=6.6.6.6'), undefined);
  equal(parsed('proto=http;by=a;PROTO=https'), undefined);
  equal(parsed('for=192.0.2.1, x=1;x=1'), undefined);
});

test('parseForwarded() takes time in proportion to the text', () => {
  const count = 200_000;
  equal(parseForwarded([`for=a,`.repeat(count)])?.length, count);
  equal(parseForwarded([`x="${'\\a'.repeat(count)}"`])?.[0]?.get('x')?.length, count);
  equal(parseForwarded([`x="${'\\a'.repeat(count)}`]), undefined);
});
