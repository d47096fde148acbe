import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusedLineOf } from './refused-line.ts';
import { renderUwsgiPacket } from './render-packet.ts';

function lineOf(said: Readonly<Record<string, string>>, modifier1 = 0): string {
  const variables = Object.entries(said).map(([name, value]) => ({ name, value }));
  const packet = renderUwsgiPacket(variables, { modifier1, modifier2: 0, tail: '' });
  assert.ok(Buffer.isBuffer(packet));
  return refusedLineOf(packet);
}

test('refusedLineOf() gives the line of the request that a packet holds', () => {
  assert.equal(lineOf({ REQUEST_METHOD: 'GET', REQUEST_URI: '/x?q', PATH_INFO: '/y' }), 'GET /x?q HTTP/1.0');
  assert.equal(lineOf({ REQUEST_METHOD: 'GET', PATH_INFO: '/a b\r\nc' }, 30), 'GET /a_b_c HTTP/1.0');
});

test('refusedLineOf() says what it is that holds no request', () => {
  assert.equal(lineOf({ REQUEST_METHOD: 'GET /', REQUEST_URI: '/x' }), 'uwsgi: modifier1 0, a packet of 40 bytes');
  assert.equal(lineOf({ REQUEST_METHOD: 'GET' }), 'uwsgi: modifier1 0, a packet of 21 bytes');
  assert.equal(lineOf({ REQUEST_METHOD: 'GET', REQUEST_URI: '/x' }, 5), 'uwsgi: modifier1 5, a packet of 38 bytes');
  assert.equal(refusedLineOf(Buffer.from('\0\x03\0\0\x09\0A')), 'uwsgi: modifier1 0, a packet of 3 bytes');
  assert.equal(refusedLineOf(Buffer.from('\0')), 'uwsgi: 1 bytes');
});

test('refusedLineOf() knows the line of who speaks HTTP', () => {
  assert.equal(refusedLineOf(Buffer.from('GET /x HTTP/1.1\r\nHost: a\r\n')), 'GET /x HTTP/1.1');
  assert.equal(refusedLineOf(Buffer.from('GET /x')), 'uwsgi: modifier1 71, a packet of 21573 bytes');
});
