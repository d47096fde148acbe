import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { readOwnAddress } from './own-address.ts';

test('readOwnAddress() takes an address with a port and without', () => {
  const read = (text: string) => {
    const { address, port } = readOwnAddress(text);
    return [address, port];
  };
  deepEqual(read('192.0.2.1'), ['192.0.2.1', undefined]);
  deepEqual(read('192.0.2.1:80'), ['192.0.2.1', 80]);
  deepEqual(read('[2001:db8::1]:80'), ['2001:db8::1', 80]);
  deepEqual(read('2001:db8::1'), ['2001:db8::1', undefined]);
  deepEqual(read(''), ['', undefined]);
});
