import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddressRange, parseNetwork } from './parse-network.ts';

test('parseNetwork() reads an address and a length', () => {
  for (const [text, family, first, last, hasLowBits] of [
    ['192.0.2.1', 4, 0xc0000201n, 0xc0000201n, false],
    ['192.0.2.0/24', 4, 0xc0000200n, 0xc00002ffn, false],
    ['192.0.2.7/24', 4, 0xc0000200n, 0xc00002ffn, true],
    ['0.0.0.0/0', 4, 0n, 0xffffffffn, false],
    ['::/0', 6, 0n, (1n << 128n) - 1n, false],
    ['2001:db8::/32', 6, 0x20010db8n << 96n, (0x20010db9n << 96n) - 1n, false],
    ['::ffff:192.0.2.0/120', 4, 0xc0000200n, 0xc00002ffn, false],
    ['::1', 6, 1n, 1n, false],
  ] as const) {
    deepEqual(parseNetwork(text), { family, first, last, hasLowBits }, text);
  }
  equal(parseNetwork('::ffff:0:0/90')?.family, 6);
});

test('parseNetwork() refuses what is no network', () => {
  for (const text of [
    '',
    'all',
    '1.2.3.4/',
    '1.2.3.4/33',
    '1.2.3.4/024',
    '1.2.3.4/-1',
    '::/129',
    '1.2.3.4/255.0.0.0',
    'unix:',
    '/8',
  ])
    equal(parseNetwork(text), undefined, text);
});

test('parseAddressRange() wants two addresses of IPv4 in order', () => {
  deepEqual(parseAddressRange('192.0.2.1-192.0.2.9'), { family: 4, first: 0xc0000201n, last: 0xc0000209n });
  for (const text of [
    '192.0.2.9-192.0.2.1',
    '192.0.2.1',
    '::1-::2',
    '192.0.2.1-',
    '-192.0.2.1',
    '192.0.2.0/24-192.0.2.9',
  ])
    equal(parseAddressRange(text), undefined, text);
});
