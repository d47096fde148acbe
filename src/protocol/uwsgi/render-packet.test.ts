import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseUwsgiPacket } from './parse-packet.ts';
import { renderUwsgiPacket } from './render-packet.ts';

const PLAIN = { modifier1: 0, modifier2: 0, tail: '' };

test('a packet has its size in little endian, and a size before each name and value', () => {
  const packet = renderUwsgiPacket([{ name: 'A', value: 'xyz' }], { modifier1: 5, modifier2: 7, tail: 'tail' });
  assert.ok(Buffer.isBuffer(packet));
  assert.equal(packet.latin1Slice(), '\x05\x0c\x00\x07\x01\x00A\x03\x00xyztail');
});

test('a packet that is full has exactly 65,535 bytes, and one byte more is told with the variable that is to blame', () => {
  const small = { name: 'REQUEST_METHOD', value: 'GET' };
  const rest = 65_535 - (4 + small.name.length + small.value.length) - 4 - 'HTTP_COOKIE'.length;
  const full = renderUwsgiPacket([small, { name: 'HTTP_COOKIE', value: 'c'.repeat(rest) }], PLAIN);
  assert.ok(Buffer.isBuffer(full) && full.length === 4 + 65_535);
  assert.equal(parseUwsgiPacket(full, 0, full.length).kind, 'packet');
  const over = renderUwsgiPacket([small, { name: 'HTTP_COOKIE', value: 'c'.repeat(rest + 1) }], PLAIN);
  assert.deepEqual(over, { bytes: 65_536, largest: 'HTTP_COOKIE', largestBytes: 4 + 11 + rest + 1 });
  assert.deepEqual(renderUwsgiPacket([], { ...PLAIN, tail: 't'.repeat(65_536) }), {
    bytes: 65_536,
    largest: '',
    largestBytes: 0,
  });
});
