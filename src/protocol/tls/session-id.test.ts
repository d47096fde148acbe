import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { sessionIdOf } from './session-id.ts';

const head = '020101' + '02020304' + '04021302';

test('sessionIdOf() finds the id, whatever the length of the session', () => {
  equal(sessionIdOf(Buffer.from(`3010${head}0403abcdef`, 'hex')), 'abcdef');
  equal(sessionIdOf(Buffer.from(`308201ff${head}0403abcdef`, 'hex')), 'abcdef');
  equal(sessionIdOf(Buffer.from(`3081ff${head}0400`, 'hex')), '');
});

test('sessionIdOf() finds none where there is none', () => {
  for (const hex of ['', '30', '04', `3010${head}`, `3010${head}0203abcdef`, '308400000000', '3010ff']) {
    equal(sessionIdOf(Buffer.from(hex, 'hex')), '', hex);
  }
});
