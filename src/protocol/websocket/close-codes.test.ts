import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSE_CODE, isCloseCode } from './close-codes.ts';

test('isCloseCode() knows what may stand in a close frame', () => {
  for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]) {
    equal(isCloseCode(code), true, `${code}`);
  }
});

test('isCloseCode() refuses reserved codes, those of no range, and those that no frame can say', () => {
  for (const code of [
    0,
    1,
    999,
    1004,
    CLOSE_CODE.none,
    CLOSE_CODE.abnormal,
    1015,
    1016,
    1100,
    2000,
    2999,
    5000,
    65535,
  ]) {
    equal(isCloseCode(code), false, `${code}`);
  }
});
