import { deepEqual, equal } from 'node:assert/strict';
import { isIP, SocketAddress } from 'node:net';
import { test } from 'node:test';
import { newAddress, parseAddress } from './parse-address.ts';

function wordsOf(text: string): string | undefined {
  const address = newAddress();
  if (!parseAddress(text, address)) {
    return undefined;
  }
  const { family, words } = address;
  return [...words.subarray(0, family === 4 ? 1 : 4)].map((word) => word.toString(16)).join(' ');
}

test('parseAddress() reads IPv4 and IPv6', () => {
  for (const [text, words] of [
    ['0.0.0.0', '0'],
    ['255.255.255.255', 'ffffffff'],
    ['192.0.2.1', 'c0000201'],
    ['::', '0 0 0 0'],
    ['::1', '0 0 0 1'],
    ['1::', '10000 0 0 0'],
    ['2001:DB8::a:1', '20010db8 0 0 a0001'],
    ['1:2:3:4:5:6:7:8', '10002 30004 50006 70008'],
    ['1:2:3:4:5:6:7::', '10002 30004 50006 70000'],
    ['64:ff9b::192.0.2.1', '64ff9b 0 0 c0000201'],
    ['::ffff:192.0.2.1', 'c0000201'],
    ['::ffff:c000:201', 'c0000201'],
  ] as const) {
    equal(wordsOf(text), words, text);
  }
});

test('parseAddress() refuses what is no address', () => {
  for (const text of [
    ...['', '1', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.4 ', ' 1.2.3.4', '1..2.3', '.1.2.3', '1.2.3.'],
    ...[':', ':::', '1:2', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1::2::3', ':1::', '1:', '12345::', 'g::', '1::1.2.3'],
    ...['fe80::1%eth0', '[::1]', '1.2.3.4:80', '1:2:3:4:5:6:7:1.2.3.4', '::1:', '1:2:3:4::5:6:7:8:9'],
  ]) {
    equal(wordsOf(text), undefined, text);
  }
});

test('parseAddress() agrees with Node about texts made of the same signs', () => {
  const signs = ['1', '0', 'f', ':', '::', '.', '255', 'ffff', '1.2.3.4'];
  let seed = 7;
  const next = (bound: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 12) % bound;
  };
  for (let round = 0; round < 20_000; round += 1) {
    const text = Array.from({ length: 1 + next(12) }, () => signs[next(signs.length)]).join('');
    const family = isIP(text);
    const words = wordsOf(text);
    equal(words !== undefined, family !== 0, text);
    if (family === 6) {
      const { address } = new SocketAddress({ address: text, family: 'ipv6' });
      deepEqual(wordsOf(address), words, text);
    }
  }
});
