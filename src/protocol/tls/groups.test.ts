import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { agreedGroup, groupName, groupNumbers } from './groups.ts';

test('groupName() is what OpenSSL calls a group, or its number', () => {
  deepEqual([0x17, 0x1d, 0x11ec, 0x0a0a].map(groupName), ['prime256v1', 'X25519', 'X25519MLKEM768', '0x0a0a']);
});

test('agreedGroup() is one that both have, first of those that the client has begun with', () => {
  const hello = { groups: [0x11ec, 0x1d, 0x17], keyShares: [0x1d] };
  equal(agreedGroup(hello, ''), 'X25519');
  equal(agreedGroup(hello, 'P-256'), 'prime256v1');
  equal(agreedGroup({ ...hello, keyShares: [] }, ''), 'X25519MLKEM768');
  equal(agreedGroup(hello, 'secp521r1'), '');
});

test('groupNumbers() takes the names that people use', () => {
  deepEqual(groupNumbers('X25519:P-256:secp256r1:nobody'), [0x1d, 0x17, 0x17]);
  equal(groupNumbers('').length, 0);
});
