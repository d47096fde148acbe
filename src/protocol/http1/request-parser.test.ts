import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldMemo } from './field-memo.ts';
import { RequestParser } from './request-parser.ts';
import type { RequestEvent, RequestHead } from './types.ts';

function drain(parser: RequestParser): RequestEvent[] {
  const events: RequestEvent[] = [];
  for (let event = parser.next(); event !== undefined; event = parser.next()) {
    events.push(event);
  }
  return events;
}

function feed(parser: RequestParser, text: string): RequestEvent[] {
  parser.feed(Buffer.from(text, 'latin1'));
  return drain(parser);
}

function head(event: RequestEvent | undefined): RequestHead {
  assert.ok(event?.kind === 'head');
  return event;
}

function codes(events: readonly RequestEvent[]): string[] {
  return events.map((event) => (event.kind === 'fault' ? event.fault.code : event.kind));
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

test('next() hands out one request at a time', () => {
  const parser = new RequestParser();
  assert.deepEqual(codes(feed(parser, GET + GET + GET)), ['head']);
  assert.equal(parser.bufferedBytes, 2 * GET.length);
  assert.equal(parser.phase, 'paused');
  parser.proceed();
  assert.deepEqual(codes(drain(parser)), ['head']);
  parser.proceed();
  assert.deepEqual(codes(drain(parser)), ['head']);
  assert.equal(parser.bufferedBytes, 0);
  parser.proceed();
  assert.deepEqual(drain(parser), []);
});

test('phase follows the connection', () => {
  const parser = new RequestParser();
  const phases = [parser.phase];
  for (const text of ['\r\n', 'POST / HTTP/1.1\r\n', 'Host: a\r\nContent-Length: 2\r\n\r\n', 'a', 'b']) {
    feed(parser, text);
    phases.push(parser.phase);
  }
  parser.proceed();
  phases.push(parser.phase);
  feed(parser, 'nonsense\r\n');
  assert.deepEqual([...phases, parser.phase], ['idle', 'idle', 'head', 'body', 'body', 'paused', 'idle', 'dead']);
  assert.equal(parser.isIdle, false);
});

test('proceed() does nothing while a request is being read', () => {
  const parser = new RequestParser();
  feed(parser, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n');
  parser.proceed();
  assert.equal(parser.phase, 'body');
});

test('the memory that is fed may be reused once next() has returned undefined', () => {
  const parser = new RequestParser();
  const shared = Buffer.alloc(200);
  const text = `${GET}POST /x HTTP/1.1\r\nHo`;
  shared.latin1Write(text);
  parser.feed(shared.subarray(0, text.length));
  drain(parser);
  shared.fill(0);
  parser.proceed();
  assert.deepEqual(codes(drain(parser)), []);
  shared.latin1Write('st: b\r\n\r\n');
  parser.feed(shared.subarray(0, 9));
  assert.equal(head(drain(parser)[0]).host, 'b');
});

test('body bytes are views of what was fed', () => {
  const parser = new RequestParser();
  feed(parser, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n');
  const chunk = Buffer.from('0123456789');
  parser.feed(chunk);
  const [data] = drain(parser);
  assert.ok(data?.kind === 'data');
  assert.equal(data.bytes, chunk);
});

test('a connection that repeats a head gets the same object, one that repeats its fields the same block', () => {
  const parser = new RequestParser();
  const ask = (text: string): RequestHead => {
    const found = head(feed(parser, text)[0]);
    parser.proceed();
    return found;
  };
  const first = ask(GET);
  assert.equal(ask(GET), first);
  const other = ask('GET /other HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.notEqual(other, first);
  assert.equal(other.block, first.block);
  assert.equal(other.path, '/other');
  assert.equal(ask('GET / HTTP/1.0\r\nHost: a\r\n\r\n').keepAlive, false);
  assert.notEqual(ask('GET / HTTP/1.1\r\nHost: b\r\n\r\n').block, first.block);
});

test('connections share lines through the memo, unless they are secret', () => {
  const memo = new FieldMemo();
  const [first, second] = [1, 2].map(() => {
    const parser = new RequestParser({ memo });
    return head(feed(parser, 'GET / HTTP/1.1\r\nHost: a\r\nCookie: s=1\r\n\r\n')[0]).block.fields;
  });
  assert.equal(first?.[0], second?.[0]);
  assert.notEqual(first?.[1], second?.[1]);
});

test('a fault is final', () => {
  const parser = new RequestParser();
  assert.deepEqual(
    codes(feed(parser, 'GET / HTTP/1.1\n\n')),
    ['fault'].map(() => 'http1.bare-line-break'),
  );
  parser.proceed();
  assert.deepEqual(feed(parser, GET), []);
  assert.equal(parser.bufferedBytes, 0);
  assert.equal(parser.eof(), undefined);
});

test('refusedLine is the line of a head that is refused or not whole, however it came, and of no other', () => {
  const fields = 'Host: a\r\nContent-Length: 1\r\n';
  const cases: readonly (readonly [string, string])[] = [
    ['', ''],
    ['\r\n\r', ''],
    ['GET /x', 'GET /x'],
    ['\r\nGET / HTTP/1.1\r\nHost', 'GET / HTTP/1.1'],
    ['GET / HTTP/1.1\r\n\r\nrest', 'GET / HTTP/1.1'],
    ['GET / HTTP/1.1\r\nA B: c\r\n', 'GET / HTTP/1.1'],
    ['GET /a\rb HTTP/1.1\r\n', 'GET /a'],
    ['\x16\x03\x01\n\0', '\x16\x03\x01'],
    [`GET /${'x'.repeat(9000)}`, `GET /${'x'.repeat(2043)}`],
    [`POST / HTTP/1.1\r\n${fields}\r\n`, ''],
    [`POST / HTTP/1.1\r\n${fields}\r\n1GET /`, ''],
  ];
  for (const [text, line] of cases) {
    for (const size of [1, 7, text.length || 1]) {
      const parser = new RequestParser();
      for (let at = 0; at < text.length; at += size) feed(parser, text.slice(at, at + size));
      assert.ok(text.length === 0 || line.startsWith(parser.refusedLine), text);
      if (size === text.length) assert.equal(parser.refusedLine, line, text);
    }
  }
});

test('a fault in a body is final', () => {
  const parser = new RequestParser();
  const events = feed(parser, 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx');
  assert.deepEqual(codes(events), ['head', 'http1.bad-chunk-size']);
  assert.equal(parser.phase, 'dead');
});

test('eof() is a fault in the middle of a message only', () => {
  const parser = new RequestParser();
  assert.equal(parser.eof(), undefined);
  feed(parser, 'POST / HTTP/1.1\r\n');
  assert.equal(parser.eof()?.code, 'http1.head-cut');
  feed(parser, 'Host: a\r\nContent-Length: 2\r\n\r\n');
  assert.equal(parser.eof()?.code, 'http1.body-cut');
  feed(parser, 'ab');
  assert.equal(parser.eof(), undefined);
});

test('takeRest() hands over what follows a request that changes the protocol', () => {
  const parser = new RequestParser();
  const events = feed(parser, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n\x81\x05');
  assert.equal(head(events[0]).upgrade, 'x');
  assert.equal(parser.takeRest().latin1Slice(), '\x81\x05');
  assert.equal(parser.phase, 'dead');
});

test('what real clients send fits the limits', () => {
  const target = `/${'a'.repeat(8 * 1024 - 'GET / HTTP/1.1'.length)}`;
  const large = [`X: ${'x'.repeat(7000)}`, `Cookie: ${'c'.repeat(16 * 1024)}`];
  const many = Array.from({ length: 199 }, (_, index) => `X-${index}: y`);
  for (const fields of [[], large, many]) {
    const text = `GET ${target} HTTP/1.1\r\n${['Host: a', ...fields].join('\r\n')}\r\n\r\n`;
    const found = head(feed(new RequestParser(), text)[0]);
    assert.equal(found.target, target);
    assert.equal(found.block.fields.length, fields.length + 1);
  }
  const full = `GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n`;
  const text = full.replace('X: ', `X: ${'x'.repeat(32 * 1024 - full.length)}`);
  assert.equal(text.length, 32 * 1024);
  assert.deepEqual(codes(feed(new RequestParser(), text)), ['head']);
});

test('limits can be set', () => {
  const limits = { requestLineBytesMax: 20, headBytesMax: 60, fieldsMax: 2, methodBytesMax: 4, emptyLinesMax: 0 };
  const cases: Record<string, string> = {
    'GET /123456 HTTP/1.1\r\nHost: a\r\n\r\n': 'head',
    'GET /1234567 HTTP/1.1\r\nHost: a\r\n\r\n': 'http1.request-line-too-long',
    'GET / HTTP/1.1\r\nHost: a\r\nX: 12345678901234567890123456789\r\n\r\n': 'http1.head-too-large',
    'GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nY: 2\r\n\r\n': 'http1.too-many-fields',
    'PATCH / HTTP/1.1\r\nHost: a\r\n\r\n': 'http1.method-too-long',
    '\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n': 'http1.too-many-empty-lines',
  };
  for (const [text, code] of Object.entries(cases)) {
    assert.deepEqual(codes(feed(new RequestParser({ limits }), text)), [code]);
  }
});

test('a head is refused as soon as its first byte cannot be one', () => {
  assert.deepEqual(codes(feed(new RequestParser(), '\x16')), ['http1.bad-method']);
});

test('fields that contradict each other are refused', () => {
  assert.deepEqual(codes(feed(new RequestParser(), 'GET / HTTP/1.1\r\n\r\n')), ['http1.missing-host']);
});

test('a connection does not keep a head that is too long to recognise the next one by', () => {
  const parser = new RequestParser();
  const text = `GET / HTTP/1.1\r\nHost: a\r\nCookie: ${'c'.repeat(9000)}\r\n\r\n`;
  const first = head(feed(parser, text)[0]);
  parser.proceed();
  const second = head(feed(parser, text)[0]);
  assert.notEqual(second, first);
  assert.deepEqual(second, first);
});
