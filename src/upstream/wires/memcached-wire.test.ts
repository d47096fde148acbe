import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UpstreamRequest } from '../wire.ts';
import { GET, readResponse } from './fake-sink.ts';
import { MemcachedWire } from './memcached-wire.ts';

const WIRE = new MemcachedWire(2);
const ASK: UpstreamRequest = { ...GET, target: '/a b' };

function reads(text: string, lines: readonly string[], isReusable = false, request: UpstreamRequest = ASK): void {
  const bytes = Buffer.from(text, 'latin1');
  for (const size of [bytes.length, 7, 2, 1]) {
    const read = readResponse(WIRE, bytes, () => size, request);
    assert.deepEqual(read.lines, lines, `${JSON.stringify(text)} fed ${size} bytes at a time`);
    assert.equal(read.isReusable, isReusable);
  }
}

test('a key is escaped, and one that is empty is not asked for', () => {
  const head = WIRE.renderHead({ ...GET, target: '/a\r\nflush_all' });
  assert.equal(Buffer.isBuffer(head) && head.latin1Slice(), 'get /a%0D%0Aflush_all\r\n');
  assert.equal(WIRE.renderHead({ ...GET, target: '' }), 'the "$memcached_key" variable is not set');
});

test('a value is the body of a response', () => {
  reads('VALUE /a%20b 0 8\r\nSEE\r\nEND\r\nEND\r\n', ['200 OK [] 8', 'body SEE\r\nEND', 'end'], true);
  reads('VALUE /a%20b 0 0\r\n\r\nEND\r\n', ['200 OK [] 0', 'end'], true);
  reads('VALUE /a%20b 0 3\r\nSEE\r\nEND\r\n', ['200 OK [] 3', 'end'], false, { ...ASK, method: 'HEAD' });
});

test('a flag says that the value is compressed', () => {
  reads('VALUE /a%20b 6 1\r\nx\r\nEND\r\n', ['200 OK [Content-Encoding: gzip] 1', 'body x', 'end'], true);
  reads('VALUE /a%20b 5 1\r\nx\r\nEND\r\n', ['200 OK [] 1', 'body x', 'end'], true);
});

test('a key without a value is 404', () => {
  reads('END\r\n', ['info: key: "/a%20b" was not found by memcached', '404  [] 0', 'end'], true);
  const { isReusable } = readResponse(WIRE, Buffer.from('END\r\nx'), () => 9, ASK);
  assert.equal(isReusable, false);
});

test('a value that ends otherwise is told of, and was whole', () => {
  const wrong = ['200 OK [] 1', 'body x', 'error: memcached sent invalid trailer', 'end'];
  reads('VALUE /a%20b 0 1\r\nx\r\nEND\n', wrong);
  reads('VALUE /a%20b 0 1\r\nxy', wrong);
  const { lines, isReusable } = readResponse(WIRE, Buffer.from('VALUE /a%20b 0 1\r\nx\r\nEND\r\n\0'), () => 99, ASK);
  assert.deepEqual([lines, isReusable], [wrong, false]);
  reads('VALUE /a%20b 0 1\r\nx\r\nEN', ['200 OK [] 1', 'body x', 'end']);
});

test('what is no answer to this key is a fault', () => {
  const cases: readonly (readonly [string, ...string[]])[] = [
    ['', 'closed: upstream prematurely closed connection'],
    ['VALUE /a', 'closed: upstream prematurely closed connection'],
    ['VALUE /a%20b 0 2\r\nx', '200 OK [] 2', 'body x', 'closed: upstream prematurely closed connection'],
    ['SERVER_ERROR "no"\r\n', String.raw`header: memcached sent invalid response: "SERVER_ERROR \x22no\x22"`],
    ['VALUE /c 0 1\r\n', 'header: memcached sent invalid key in response "VALUE /c 0 1" for key "/a%20b"'],
    ['VALUE /a%20b 0 x\r\n', 'header: memcached sent invalid length in response "VALUE /a%20b 0 x" for key "/a%20b"'],
    ['\n', 'header: memcached sent invalid response: ""'],
    ['x'.repeat(3000), `header: memcached sent invalid response: "${'x'.repeat(1024)}"`],
  ];
  for (const [text, ...lines] of cases) {
    reads(text, lines);
  }
});
