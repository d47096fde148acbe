import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { turnKey, unmask } from './unmask.ts';

const KEY_BYTES = [0x37, 0xfa, 0x21, 0xbd];
const KEY = 0xbd21fa37 | 0;

function masked(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 7) ^ KEY_BYTES[index & 3]!));
}

function plain(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => index * 7));
}

test('unmask() unmasks every length at every alignment, and nothing around it', () => {
  for (const length of [0, 1, 2, 3, 4, 5, 15, 63, 64, 65, 66, 67, 68, 69, 127, 1000]) {
    for (let offset = 0; offset < 9; offset += 1) {
      const memory = Buffer.alloc(length + 20, 0xee);
      const bytes = memory.subarray(offset % 3);
      masked(length).copy(bytes, offset);
      unmask(bytes, offset, offset + length, KEY);
      deepEqual(bytes.subarray(offset, offset + length), plain(length), `${length} bytes at ${offset}`);
      equal(
        memory.filter(
          (byte, index) => byte !== 0xee && (index < (offset % 3) + offset || index >= (offset % 3) + offset + length),
        ).length,
        0,
      );
    }
  }
});

test('turnKey() lets a payload come in pieces', () => {
  const length = 300;
  for (const first of [0, 1, 2, 3, 4, 5, 70, 71, 150]) {
    const bytes = masked(length);
    unmask(bytes, 0, first, KEY);
    unmask(bytes, first, length, turnKey(KEY, first));
    deepEqual(bytes, plain(length), `cut at ${first}`);
  }
});

test('a key of zero changes nothing', () => {
  const bytes = plain(200);
  unmask(bytes, 0, 200, 0);
  deepEqual(bytes, plain(200));
});
