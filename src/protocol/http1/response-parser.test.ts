import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldMemo } from './field-memo.ts';
import { ResponseParser } from './response-parser.ts';

function feed(parser: ResponseParser, text: string): string[] {
  parser.feed(Buffer.from(text, 'latin1'));
  return drain(parser);
}

function drain(parser: ResponseParser): string[] {
  const events: string[] = [];
  for (let event = parser.next(); event !== undefined; event = parser.next()) {
    switch (event.kind) {
      case 'head':
        events.push(`${event.status}${event.keepAlive ? '' : ' close'}`);
        break;
      case 'data':
        events.push(event.bytes.latin1Slice());
        break;
      case 'end':
        events.push('end');
        break;
      case 'fault':
        events.push(`${event.fault.code} ${event.fault.status}`);
    }
  }
  return events;
}

test('a connection carries one response after the other', () => {
  const parser = new ResponseParser({ memo: new FieldMemo(), limits: { fieldsMax: 5 } });
  for (let round = 0; round < 3; round += 1) {
    assert.equal(parser.isIdle, true);
    parser.expect('GET');
    assert.equal(parser.isIdle, false);
    assert.deepEqual(feed(parser, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'), ['200', 'hi', 'end']);
  }
  parser.expect('HEAD');
  assert.deepEqual(feed(parser, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'), ['200']);
  assert.equal(parser.phase, 'idle');
});

test('expect() does nothing while a response is owed', () => {
  const parser = new ResponseParser();
  parser.expect('HEAD');
  parser.expect('GET');
  feed(parser, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n');
  assert.equal(parser.isIdle, true);
});

test('interim responses come before the final one', () => {
  const parser = new ResponseParser();
  parser.expect('POST');
  assert.deepEqual(feed(parser, 'HTTP/1.1 100 Continue\r\n\r\n'), ['100']);
  assert.equal(parser.phase, 'head');
  assert.deepEqual(feed(parser, 'HTTP/1.1 204 No Content\r\n\r\n'), ['204']);
  assert.equal(parser.phase, 'idle');
});

test('eof() ends a body that lasts until then', () => {
  const parser = new ResponseParser();
  parser.expect('GET');
  assert.deepEqual(feed(parser, 'HTTP/1.1 200'), []);
  assert.deepEqual(feed(parser, ' OK\r\n\r\nhello'), ['200 close', 'hello']);
  assert.equal(parser.eof(), undefined);
  assert.deepEqual(drain(parser), ['end']);
});

test('eof() is a fault while a response or part of it is owed', () => {
  const parser = new ResponseParser();
  assert.equal(parser.eof(), undefined);
  parser.expect('GET');
  assert.deepEqual([parser.eof()?.code, parser.eof()?.status], ['http1.head-cut', 502]);
  feed(parser, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh');
  assert.equal(parser.eof()?.code, 'http1.body-cut');
});

test('bytes that nobody asked for are a fault, and a fault is final', () => {
  const parser = new ResponseParser();
  assert.deepEqual(feed(parser, 'HTTP/1.1 200 OK\r\n\r\n'), ['http1.unexpected-response 502']);
  assert.equal(parser.phase, 'dead');
  parser.expect('GET');
  assert.deepEqual(feed(parser, 'HTTP/1.1 200 OK\r\n\r\n'), []);
  assert.equal(parser.bufferedBytes, 0);
});

test('a fault in a body has the status of a proxy too', () => {
  const parser = new ResponseParser();
  parser.expect('GET');
  const events = feed(parser, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi0');
  assert.deepEqual(events, ['200', 'hi', 'http1.bad-chunk-end 502']);
});

test('takeRest() hands over what follows 101', () => {
  const parser = new ResponseParser();
  parser.expect('GET');
  feed(parser, 'HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x00');
  assert.equal(parser.phase, 'tunnel');
  assert.equal(parser.bufferedBytes, 2);
  assert.equal(parser.takeRest().latin1Slice(), '\x81\x00');
});

test('what is not a response is refused at its first byte', () => {
  const parser = new ResponseParser();
  parser.expect('GET');
  assert.deepEqual(feed(parser, '<'), ['http1.bad-status-line 502']);
});

test('interim responses without end, and framing that is ambiguous, are refused', () => {
  const parser = new ResponseParser({ limits: { interimHeadsMax: 1 } });
  parser.expect('GET');
  const interim = 'HTTP/1.1 103 Early Hints\r\n\r\n';
  assert.deepEqual(feed(parser, interim + interim), ['103', 'http1.too-many-interim-responses 502']);
  const other = new ResponseParser();
  other.expect('GET');
  const text = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n';
  assert.deepEqual(feed(other, text), ['http1.length-with-coding 502']);
});

test('a head whose lines end with LF alone is read where that is allowed, in whatever pieces it comes', () => {
  const text = 'HTTP/1.1 200 OK\nContent-Length: 2\nX-A: b\r\n\nhi';
  for (const size of [text.length, 7, 1]) {
    const parser = new ResponseParser({ takesLineFeeds: true });
    for (let round = 0; round < 2; round += 1) {
      parser.expect('GET');
      const events: string[] = [];
      for (let at = 0; at < text.length; at += size) {
        events.push(...feed(parser, text.slice(at, at + size)));
      }
      assert.deepEqual([events[0], events.slice(1, -1).join(''), events.at(-1)], ['200', 'hi', 'end'], `by ${size}`);
    }
  }
  const strict = new ResponseParser();
  strict.expect('GET');
  assert.deepEqual(feed(strict, text), ['http1.bare-line-break 502']);
});
