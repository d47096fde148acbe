import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { forwardedAddress, readNamed } from './forwarded-address.ts';

const isTrusted = (address: string): boolean => address.startsWith('10.');

function clientOf(peer: string, lists: readonly string[], isRecursive = false): string | undefined {
  return forwardedAddress(peer, lists, isTrusted, isRecursive)?.address;
}

test('forwardedAddress() believes a trusted peer alone', () => {
  equal(clientOf('192.0.2.1', ['198.51.100.1']), undefined);
  equal(clientOf('10.0.0.1', ['198.51.100.1']), '198.51.100.1');
  equal(clientOf('10.0.0.1', []), undefined);
  equal(clientOf('10.0.0.1', [', ,']), undefined);
});

test('forwardedAddress() takes the last, or recursively the last that is no proxy', () => {
  const lists = ['203.0.113.1, 198.51.100.1', '10.0.0.2 ,10.0.0.3'];
  equal(clientOf('10.0.0.1', lists), '10.0.0.3');
  equal(clientOf('10.0.0.1', lists, true), '198.51.100.1');
  equal(clientOf('10.0.0.1', ['10.0.0.2'], true), '10.0.0.2');
});

test('forwardedAddress() ends where something is no address', () => {
  equal(clientOf('10.0.0.1', ['198.51.100.1, unknown']), undefined);
  equal(clientOf('10.0.0.1', ['198.51.100.1, unknown, 10.0.0.2'], true), '10.0.0.2');
});

test('readNamed() takes ports off', () => {
  for (const [text, address, port] of [
    ['192.0.2.1', '192.0.2.1', undefined],
    ['192.0.2.1:80', '192.0.2.1', 80],
    ['2001:db8::1', '2001:db8::1', undefined],
    ['[2001:db8::1]', '2001:db8::1', undefined],
    ['[2001:db8::1]:65535', '2001:db8::1', 65_535],
  ] as const) {
    deepEqual(readNamed(text), { address, port }, text);
  }
  for (const text of [
    '',
    'unix:',
    'a',
    '192.0.2.1:',
    '192.0.2.1:0',
    '192.0.2.1:65536',
    '[192.0.2.1]',
    '[::1',
    '[::1]80',
    '::1]:80',
  ])
    equal(readNamed(text), undefined, text);
});
