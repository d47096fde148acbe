import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseUwsgiPacket } from './parse-packet.ts';

function parse(text: string): unknown {
  const bytes = Buffer.from(`?${text}`, 'latin1');
  return parseUwsgiPacket(bytes, 1, bytes.length);
}

test('a packet is read up to its end, and what follows is the body', () => {
  assert.deepEqual(parse('\x05\x0d\0\x07\x01\0A\x03\0xyz\x01\0B\0\0body'), {
    kind: 'packet',
    modifier1: 5,
    modifier2: 7,
    variables: [
      { name: 'A', value: 'xyz' },
      { name: 'B', value: '' },
    ],
    length: 17,
  });
  assert.deepEqual(parse('\0\0\0\0'), { kind: 'packet', modifier1: 0, modifier2: 0, variables: [], length: 4 });
});

test('what has not come whole is incomplete, at every byte', () => {
  const packet = '\0\x08\0\0\x01\0A\x03\0xyz';
  for (let length = 0; length < packet.length; length += 1) {
    assert.deepEqual(parse(packet.slice(0, length)), { kind: 'incomplete' }, String(length));
  }
});

test('a size that goes beyond the packet, and a name of no bytes, are refused', () => {
  assert.deepEqual(parse('\0\x08\0\0\x01\0A\x04\0xyz'), { kind: 'invalid', name: 'A' });
  assert.deepEqual(parse('\0\x08\0\0\xff\xffA\x04\0xyz'), { kind: 'invalid', name: '' });
  assert.deepEqual(parse('\0\x01\0\0x'), { kind: 'invalid', name: '' });
  assert.deepEqual(parse('\0\x03\0\0\x01\0A'), { kind: 'invalid', name: 'A' });
  assert.deepEqual(parse('\0\x04\0\0\0\0\0\0'), { kind: 'invalid', name: '' });
});
