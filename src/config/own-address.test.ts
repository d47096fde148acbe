import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { readOwnAddress } from './own-address.ts';

test('readOwnAddress() reads addresses with and without a port', () => {
  deepEqual(readOwnAddress(''), { address: '', port: undefined });
  deepEqual(readOwnAddress('192.0.2.1'), { address: '192.0.2.1', port: undefined });
  deepEqual(readOwnAddress('192.0.2.1:80'), { address: '192.0.2.1', port: 80 });
  deepEqual(readOwnAddress('2001:db8::1'), { address: '2001:db8::1', port: undefined });
  deepEqual(readOwnAddress('[2001:db8::1]:65535'), { address: '2001:db8::1', port: 65_535 });
});

test('readOwnAddress() takes nothing else for an address', () => {
  for (const text of ['x', 'localhost', '192.0.2', '192.0.2.1:', '192.0.2.1:65536', '192.0.2.1:x', '[x]:80', ' ']) {
    equal(readOwnAddress(text), undefined, text);
  }
});
