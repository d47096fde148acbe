import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { usableOwnAddress } from './usable-own-address.ts';

test('usableOwnAddress() lets connections come from any address where variables come to none', () => {
  const told: string[] = [];
  const asked = { log: (level: string, text: string) => told.push(`${level}: ${text}`) };
  equal(usableOwnAddress('192.0.2.1:80', asked), '192.0.2.1:80');
  equal(usableOwnAddress('', asked), '');
  equal(usableOwnAddress('a"b', asked), '');
  deepEqual(told, [String.raw`error: invalid local address "a\x22b"`]);
});
