import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { strftime } from './strftime.ts';

const AT = Date.UTC(2026, 10, 5, 15, 4, 9);
const gmt = (format: string): string => strftime(format, AT, true);

test('a time is written as C does', () => {
  equal(gmt('%A, %d-%b-%Y %H:%M:%S %Z'), 'Thursday, 05-Nov-2026 15:04:09 GMT');
  equal(gmt('%a %B %e %y %I %p %j %m %u %w'), 'Thu November  5 26 03 PM 309 11 4 4');
  equal(
    gmt('%c|%D|%F|%T|%R|%r|%x|%X'),
    'Thu Nov  5 15:04:09 2026|11/05/26|2026-11-05|15:04:09|15:04|03:04:09 PM|11/05/26|15:04:09',
  );
  equal(gmt('%s%%%n%t%z'), `${AT / 1000}%\n\t+0000`);
  equal(gmt('%U %W %C'), '44 44 20');
  equal(gmt('%Q and %'), '%Q and %');
  equal(gmt('%Y'.repeat(1000)), '');
});
