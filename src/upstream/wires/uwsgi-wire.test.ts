import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UpstreamHead, UpstreamRequest } from '../wire.ts';
import { FakeSink, GET, readResponse } from './fake-sink.ts';
import { UwsgiWire } from './uwsgi-wire.ts';

const WIRE = new UwsgiWire({ modifier1: 0, modifier2: 0, tail: '', headBytesMax: 4096 });

function reads(text: string, lines: readonly string[], request: UpstreamRequest = GET): void {
  const bytes = Buffer.from(text, 'latin1');
  for (const size of [bytes.length, 7, 2, 1]) {
    const { lines: told, isReusable } = readResponse(WIRE, bytes, () => size, request);
    assert.deepEqual(told, lines, `${JSON.stringify(text)} fed ${size} bytes at a time`);
    assert.equal(isReusable, false);
  }
}

test('a response has its end where its connection ends', () => {
  reads('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello', [
    '200 OK [Content-Type: text/plain] open',
    'body hello',
    'end',
  ]);
  reads('Status: 404 Not Found\n\n', ['404 Not Found [Status: 404 Not Found] open', 'end']);
});

test('a response with a length has its end there, and less is a fault', () => {
  reads('Content-Length: 5\n\nhello', ['200 OK [] 5', 'body hello', 'end']);
  reads('Content-Length: 0\n\n', ['200 OK [] 0', 'end']);
  reads('Content-Length: 6\n\nhello', ['200 OK [] 6', 'body hello', 'closed: upstream prematurely closed connection']);
});

test('what comes behind the body in the same read is told of and dropped', () => {
  const { lines } = readResponse(WIRE, Buffer.from('Content-Length: 5\n\nhello world'), () => 100);
  assert.deepEqual(lines, [
    '200 OK [] 5',
    'body hello',
    'warn: upstream sent more data than specified in "Content-Length" header',
    'end',
  ]);
});

test('a response to HEAD, and one with 204 or 304, has no body, whatever comes', () => {
  const { lines } = readResponse(WIRE, Buffer.from('Content-Length: 5\n\nhello'), () => 100, {
    ...GET,
    method: 'HEAD',
  });
  assert.deepEqual(lines, ['200 OK [] 5', 'end']);
  reads('Status: 204\n\nhello', ['204  [Status: 204] open', 'end']);
  reads('Status: 304\nContent-Length: 5\n\nhello', ['304  [Status: 304] 5', 'end']);
});

test('fields of the connection end here, and those that it names', () => {
  reads('Connection: close, X-Hop\nX-Hop: 1\nKeep-Alive: 5\nTransfer-Encoding: chunked\nTE: x\nX: y\nTrailer: z\n\n', [
    '200 OK [X: y] open',
    'end',
  ]);
});

test('a head that is none is a fault, in the words of the log', () => {
  reads('A b: c\r\n\r\n', ['header: upstream sent invalid header: a field name that is not a token: "A b: c"']);
  reads('Status: no\n\n', ['header: upstream sent invalid status: not a status of a response: "no"']);
  reads('Content-Length: 1\nContent-Length: 1\n\n', [
    'header: upstream sent duplicate header line: more than one Content-Length',
  ]);
  reads('x'.repeat(5000), ['header: upstream sent too big header']);
  reads('', ['closed: upstream prematurely closed connection']);
  reads('Status: 200', ['closed: upstream prematurely closed connection']);
});

test('a client that wants another protocol gets it, and nobody else', () => {
  const head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX: y\r\n\r\n';
  const { lines } = readResponse(WIRE, Buffer.from(`${head}\x81\x02`, 'latin1'), () => 100, {
    ...GET,
    upgrade: 'websocket',
  });
  assert.deepEqual(lines, ['tunnel 101 [Upgrade: websocket, X: y] \x81\x02']);
  reads(head, ['header: upstream sent invalid status "101"']);
});

test('a request that the protocol has no room for names the variable that is to blame', () => {
  const fields = [{ name: 'HTTP_COOKIE', value: 'c'.repeat(70_000) }];
  assert.equal(
    WIRE.renderHead({ ...GET, fields }),
    'uwsgi request is too big: 70015, of which "HTTP_COOKIE" has 70015',
  );
  assert.ok(Buffer.isBuffer(WIRE.renderHead(GET)));
});

test('a head that is the last one again is the same object, and any other byte makes it another one', () => {
  const wire = new UwsgiWire({ modifier1: 0, modifier2: 0, tail: '', headBytesMax: 4096 });
  const heads: UpstreamHead[] = [];
  const lengths: number[] = [];
  class Sink extends FakeSink {
    override onHead(head: UpstreamHead): void {
      heads.push(head);
    }
    override onData(_: Buffer, start: number, end: number): void {
      lengths.push(end - start);
    }
  }
  const read = (...pieces: readonly string[]): void => {
    const reader = wire.newReader(GET, new Sink());
    for (const piece of pieces) reader.feed(Buffer.from(piece, 'latin1'));
    reader.end();
  };
  read('Content-Length: 5\n\nhello');
  read('Content-Length: 5\n\n', 'hello');
  read('Content-Length: 5\n', '\nhello');
  read('Content-Length: 5\n\nhello');
  read('Content-Length: 4\n\nhell');
  const [first, again, inPieces, last, other] = heads;
  assert.equal(again, first);
  assert.notEqual(inPieces, first);
  assert.equal(last, inPieces);
  assert.deepEqual([other?.bodyLength, last?.bodyLength], [4, 5]);
  assert.deepEqual(lengths, [5, 5, 5, 5, 4]);
});
