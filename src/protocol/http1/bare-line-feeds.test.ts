import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { withLineBreaks } from './bare-line-feeds.ts';
import { RequestParser } from './request-parser.ts';

function strict(text: string): readonly [string, number] | undefined {
  const bytes = Buffer.from(text, 'latin1');
  const found = withLineBreaks(bytes, 0, bytes.length);
  return found && [found.head.toString('latin1'), found.length];
}

test('a head is whole at its empty line, whichever ends its lines have', () => {
  deepEqual(strict('GET / HTTP/1.0\nHost: a\n\nrest'), ['GET / HTTP/1.0\r\nHost: a\r\n\r\n', 24]);
  deepEqual(strict('GET / HTTP/1.0\r\nHost: a\n\r\nrest'), ['GET / HTTP/1.0\r\nHost: a\r\n\r\n', 26]);
  equal(strict('GET / HTTP/1.0\nHost: a\n'), undefined);
  equal(strict('GET / HTTP/1.0\nHost: a\n\r'), undefined);
  equal(strict(''), undefined);
});

test('what was searched is not searched again, but for an end that lies across', () => {
  const bytes = Buffer.from('GET / HTTP/1.0\nHost: a\n\r\n');
  for (let searched = 0; searched < bytes.length; searched += 1) {
    equal(withLineBreaks(bytes.subarray(0, searched), 0, searched), undefined);
    equal(withLineBreaks(bytes, 0, bytes.length, searched)?.length, bytes.length, `${searched} bytes searched`);
  }
});

const HEADS =
  'GET /a HTTP/1.0\nHost: x\n\n\nPOST /b HTTP/1.1\r\nHost: x\nContent-Length: 2\r\n\r\nhiGET /c HTTP/1.1\nHost: x\n\n';

function parse(text: string, size: number, takesLineFeeds: boolean): string[] {
  const parser = new RequestParser({ takesLineFeeds });
  const seen: string[] = [];
  for (let at = 0; at < text.length; at += size) {
    parser.feed(Buffer.from(text.slice(at, at + size), 'latin1'));
    for (let event = parser.next(); event !== undefined; event = parser.next()) {
      seen.push(
        event.kind === 'head'
          ? event.target
          : event.kind === 'data'
            ? event.bytes.toString()
            : event.kind === 'fault'
              ? event.fault.code
              : '',
      );
      parser.proceed();
    }
  }
  return seen.filter((one) => one !== '');
}

test('a parser that takes line feeds reads requests with them, however they are cut; another refuses them', () => {
  for (const size of [HEADS.length, 7, 2]) {
    deepEqual(parse(HEADS, size, true).join(' ').replace('h i', 'hi'), '/a /b hi /c', `${size} at a time`);
    deepEqual(parse(HEADS, size, false), ['http1.bare-line-break']);
  }
});

test('a lone CR stays refused, and so does a chunked body whose lines end so', () => {
  deepEqual(parse('GET / HTTP/1.1\nHost: a\rb: c\n\n', 99, true).at(-1)?.startsWith('http1.'), true);
  const chunked = 'POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n2\nhi\n0\n\n';
  deepEqual(parse(chunked, 99, true).at(-1)?.startsWith('http1.'), true);
});

test('a head that does not end is refused when it is too large', () => {
  deepEqual(parse(`GET / HTTP/1.1\n${'A: b\n'.repeat(20_000)}`, 1000, true).at(-1), 'http1.head-too-large');
});
