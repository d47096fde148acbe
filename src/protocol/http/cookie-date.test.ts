import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { cookieDate } from './cookie-date.ts';

test('cookieDate() has two digits for the year as long as they can tell it', () => {
  equal(cookieDate(Date.UTC(2026, 10, 21, 10, 4, 33)), 'Sat, 21-Nov-26 10:04:33 GMT');
  equal(cookieDate(Date.UTC(2038, 0, 1)), 'Fri, 01-Jan-2038 00:00:00 GMT');
});
