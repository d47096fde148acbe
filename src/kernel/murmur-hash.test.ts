import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { murmurHash } from './murmur-hash.ts';

test('murmurHash() gives what the published algorithm gives', () => {
  equal(murmurHash(''), 0);
  // Figures of an independent implementation.
  equal(murmurHash('a'), reference('a'));
  equal(murmurHash('abcd'), reference('abcd'));
  equal(murmurHash('192.0.2.1\xff'), reference('192.0.2.1\xff'));
});

/** As the algorithm is written down, with whole numbers of any size. */
function reference(text: string): number {
  const m = 0x5bd1e995n;
  const mask = 0xffffffffn;
  const bytes = Array.from(Buffer.from(text, 'latin1'), (byte) => BigInt(byte));
  let hash = BigInt(bytes.length);
  let at = 0;
  for (; bytes.length - at >= 4; at += 4) {
    const [a = 0n, b = 0n, c = 0n, d = 0n] = bytes.slice(at, at + 4);
    let k = ((a | (b << 8n) | (c << 16n) | (d << 24n)) * m) & mask;
    k ^= k >> 24n;
    hash = ((hash * m) & mask) ^ ((k * m) & mask);
  }
  const rest = bytes.slice(at);
  if (rest.length > 0) {
    rest.forEach((byte, index) => {
      hash ^= byte << BigInt(8 * index);
    });
    hash = (hash * m) & mask;
  }
  hash ^= hash >> 13n;
  hash = (hash * m) & mask;
  return Number(hash ^ (hash >> 15n));
}
