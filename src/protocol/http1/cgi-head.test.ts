import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CgiHeadReader } from './cgi-head.ts';
import { isFault } from './faults.ts';
import { Input } from './input.ts';

interface Read {
  readonly head: string;
  readonly rest: string;
}

function read(text: string, size: number, headBytesMax = 4096): Read {
  const reader = new CgiHeadReader({ headBytesMax, fieldsMax: 5 });
  const input = new Input();
  for (let at = 0; at < text.length; at += size) {
    input.feed(Buffer.from(text.slice(at, at + size), 'latin1'));
    const head = reader.read(input);
    if (isFault(head)) {
      assert.equal(head.status, 502);
      return { head: head.code, rest: '' };
    }
    if (head !== undefined) {
      const fields = head.fields.map(({ name, value }) => `${name}=${value}`).join(' ');
      const rest = input.take(input.length).latin1Slice() + text.slice(at + size);
      return { head: `${head.status} ${head.reason} ${fields} ${head.contentLength ?? '-'}`, rest };
    }
    input.keep();
  }
  return { head: 'more', rest: '' };
}

function reads(text: string, head: string, rest = ''): void {
  for (const size of [text.length, 7, 2, 1]) {
    assert.deepEqual(read(text, size), { head, rest }, `${JSON.stringify(text)} fed ${size} bytes at a time`);
  }
}

test('a head without a status is one of 200, or of 302 where it has a Location', () => {
  reads('Content-Type: text/html\r\n\r\nbody', '200 OK Content-Type=text/html -', 'body');
  reads('Location: /x\r\nX: y\r\n\r\n', '302 Moved Temporarily Location=/x X=y -');
  reads('Location: /x\nStatus: 301\n\n', '301  Location=/x Status=301 -');
});

test('Status says it, or a status line of HTTP, which wins', () => {
  reads(
    'Status: 404 Not here\r\nContent-Length: 3\r\n\r\nabc',
    '404 Not here Status=404 Not here Content-Length=3 3',
    'abc',
  );
  reads('Status: 200\r\n\r\n', '200  Status=200 -');
  reads('HTTP/1.1 201 Created\r\nX: y\r\n\r\n', '201 Created X=y -');
  reads('HTTP/1.0 204\n\n', '204   -');
  reads('HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n\x81', '101 Switching Upgrade=x -', '\x81');
  reads('HTTP/1.1 201 Created\r\nStatus: 404\r\n\r\n', '201 Created Status=404 -');
});

test('lines may end with LF alone, or some of them', () => {
  reads('A: b\nC: d\r\n\nbody\r\n\r\n', '200 OK A=b C=d -', 'body\r\n\r\n');
  reads('A: b\r\n\nbody', '200 OK A=b -', 'body');
  reads('\nA: b\n\n', '200 OK  -', 'A: b\n\n');
  reads('\r\nbody', '200 OK  -', 'body');
});

test('what HTTP/1 refuses in fields is refused here', () => {
  reads('A b: c\r\n\r\n', 'http1.bad-field-name');
  reads('A : c\r\n\r\n', 'http1.space-before-colon');
  reads('no colon\n\n', 'http1.missing-colon');
  reads('A: b\n c\n\n', 'http1.folded-line');
  reads(' A: b\n\n', 'http1.leading-space');
  reads('A: b\rc: d\n\n', 'http1.bare-line-break');
  reads('A: \0\n\n', 'http1.bad-field-value');
  reads('Content-Length: 5\nContent-Length: 5\n\n', 'http1.repeated-content-length');
  reads('Content-Length: -5\n\n', 'http1.bad-content-length');
  reads('Status: 200\nStatus: 404\n\n', 'http1.repeated-field');
  reads('A: 1\nA: 2\nA: 3\nA: 4\nA: 5\nA: 6\n\n', 'http1.too-many-fields');
});

test('a status that is none, or that no response may end with, is refused', () => {
  for (const status of ['', 'OK', '20', '2000', '404Not', '099', '100', '103 Early Hints']) {
    reads(`Status: ${status}\n\n`, 'http1.bad-status-line');
  }
  for (const line of ['HTTP/1.1', 'HTTP/1.1 x', 'HTTP/1.1 100 Continue']) {
    reads(`${line}\r\n\r\n`, 'http1.bad-status-line');
  }
  reads('HTTP/2.0 200 OK\r\n\r\n', 'http1.unsupported-version');
});

test('a head that does not end is too large, at exactly so many bytes', () => {
  const text = `A: ${'b'.repeat(59)}\n\n`;
  for (const size of [1, 7, 64, 1000]) {
    assert.equal(read(text, size, 64).head, `200 OK A=${'b'.repeat(59)} -`);
    assert.equal(read(text, size, 63).head, 'http1.head-too-large');
    assert.equal(read('x'.repeat(64), size, 64).head, 'http1.head-too-large');
    assert.equal(read('x'.repeat(63), size, 64).head, 'more');
  }
});
