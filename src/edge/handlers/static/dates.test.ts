import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHttpDate } from './dates.ts';

const NOW = Date.UTC(2025, 5, 1);
const NOVEMBER_6_1994 = Date.UTC(1994, 10, 6, 8, 49, 37) / 1000;

test('parseHttpDate() reads the three forms of RFC 9110 5.6.7', () => {
  assert.equal(parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT', NOW), NOVEMBER_6_1994);
  assert.equal(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT', NOW), NOVEMBER_6_1994);
  assert.equal(parseHttpDate('Sun Nov  6 08:49:37 1994', NOW), NOVEMBER_6_1994);
  assert.equal(parseHttpDate('Wed Nov 16 08:49:37 1994', NOW), NOVEMBER_6_1994 + 10 * 86_400);
});

test('parseHttpDate() puts a two-digit year at most 50 years ahead', () => {
  assert.equal(parseHttpDate('Sunday, 01-Jan-75 00:00:00 GMT', NOW), Date.UTC(2075, 0, 1) / 1000);
  assert.equal(parseHttpDate('Sunday, 01-Jan-76 00:00:00 GMT', NOW), Date.UTC(1976, 0, 1) / 1000);
  assert.equal(parseHttpDate('Sunday, 01-Jan-25 00:00:00 GMT', NOW), Date.UTC(2025, 0, 1) / 1000);
});

test('parseHttpDate() reads a leap second as the one after', () => {
  assert.equal(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT', NOW), Date.UTC(2017, 0, 1) / 1000);
});

test('parseHttpDate() refuses what is not a date', () => {
  const faults = [
    '',
    'yesterday',
    '0',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'sun, 06 nov 1994 08:49:37 gmt',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 0094 08:49:37 GMT',
    ' Sun, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
  ];
  for (const text of faults) {
    assert.equal(parseHttpDate(text, NOW), undefined, text);
  }
});
