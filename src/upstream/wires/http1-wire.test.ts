import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { UpstreamRequest } from '../wire.ts';
import { FakeSink } from './fake-sink.ts';
import { Http1Wire } from './http1-wire.ts';

const REQUEST: UpstreamRequest = {
  method: 'GET',
  target: '/',
  fields: [{ name: 'Host', value: 'a' }],
  bodyLength: 0,
  keepsConnection: false,
  upgrade: undefined,
};

/** What one response is read as, whose bytes come in these pieces before the connection ends. */
function read(wire: Http1Wire, ...pieces: string[]): readonly string[] {
  const sink = new FakeSink();
  const reader = wire.newReader(REQUEST, sink);
  for (const piece of pieces) {
    reader.feed(Buffer.from(piece, 'latin1'));
  }
  reader.end();
  return sink.lines;
}

test('a response that ends with its connection says nothing of the next one', () => {
  const wire = new Http1Wire({ version: '1.0', headBytesMax: 4096 });
  for (let round = 0; round < 2; round += 1) {
    deepEqual(read(wire, 'HTTP/1.0 200 OK\r\n\r\none', 'two'), ['200 OK [] open', 'body onetwo', 'end']);
  }
});

test('lines of a head may end with LF alone', () => {
  const wire = new Http1Wire({ version: '1.0', headBytesMax: 4096 });
  deepEqual(read(wire, 'HTTP/1.1 200 OK\nX-A: 1\n', 'Content-Length: 2\n\nok'), [
    '200 OK [X-A: 1] 2',
    'body ok',
    'end',
  ]);
});
