import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { groupName, groupNumbers } from './groups.ts';

test('groupName() is what OpenSSL calls a group, or its number', () => {
  deepEqual([0x17, 0x1d, 0x11ec, 0x0a0a].map(groupName), ['prime256v1', 'X25519', 'X25519MLKEM768', '0x0a0a']);
});

test('groupNumbers() takes the names that people use', () => {
  deepEqual(groupNumbers('X25519:P-256:secp256r1:nobody'), [0x1d, 0x17, 0x17]);
  equal(groupNumbers('').length, 0);
});
