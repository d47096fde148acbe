import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { NAMES_WITH_UNDERSCORES, PLAIN_NAMES } from './name-filter.ts';
import { RequestParser } from './request-parser.ts';

function namesOf(parser: RequestParser, fields: readonly string[]): string[] | undefined {
  parser.feed(
    Buffer.from(`GET /${fields.length} HTTP/1.1\r\nHost: a\r\n${fields.map((name) => `${name}: 1\r\n`).join('')}\r\n`),
  );
  const event = parser.next();
  parser.proceed();
  return event?.kind === 'head' ? event.block.fields.map(({ lower }) => lower) : undefined;
}

const NAMES = ['X-Foo', 'x_foo', '_foo', 'x.foo', 'x1'];

test('fields whose names have other characters are left away, and with them nothing else', () => {
  deepEqual(namesOf(new RequestParser({ fieldNames: PLAIN_NAMES }), NAMES), ['host', 'x-foo', 'x1']);
  deepEqual(namesOf(new RequestParser({ fieldNames: NAMES_WITH_UNDERSCORES }), NAMES), [
    'host',
    'x-foo',
    'x_foo',
    '_foo',
    'x1',
  ]);
  deepEqual(namesOf(new RequestParser(), NAMES), ['host', 'x-foo', 'x_foo', '_foo', 'x.foo', 'x1']);
});

test('a head that repeats, and one of which only the line is another, have the same fields', () => {
  const parser = new RequestParser({ fieldNames: PLAIN_NAMES });
  const first = namesOf(parser, NAMES);
  deepEqual(namesOf(parser, NAMES), first);
  parser.feed(Buffer.from(`GET /b HTTP/1.1\r\nHost: a\r\n${NAMES.map((name) => `${name}: 1\r\n`).join('')}\r\n`));
  const event = parser.next();
  deepEqual(event?.kind === 'head' && event.block.fields.map(({ lower }) => lower), first);
  parser.proceed();
  deepEqual(namesOf(parser, ['x_other']), ['host']);
});

test('what frames a body is never left away, and a name that is no token is refused all the same', () => {
  const parser = new RequestParser({ fieldNames: PLAIN_NAMES });
  parser.feed(Buffer.from('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent_Length: 9\r\n\r\nab'));
  const event = parser.next();
  deepEqual(event?.kind === 'head' && event.framing, { kind: 'length', bytes: 2 });
  const bad = new RequestParser({ fieldNames: PLAIN_NAMES });
  bad.feed(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nx foo: 1\r\n\r\n'));
  equal(bad.next()?.kind, 'fault');
});
