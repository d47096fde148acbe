import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Moment } from './strftime.ts';
import { STRFTIME } from './strftime.ts';

/** Half past one in the night of a Sunday in summer, in Newfoundland. */
const MOMENT: Moment = {
  wall: new Date(Date.UTC(2026, 6, 5, 1, 30, 7)),
  epochMs: Date.UTC(2026, 6, 5, 4, 0, 7),
  zone: 'NDT',
  offsetMinutes: -150,
};

function write(letters: string, moment: Moment = MOMENT): string {
  return letters
    .split(' ')
    .map((letter) => STRFTIME[letter]?.(moment))
    .join(' ');
}

test('STRFTIME has the days and months in the C locale', () => {
  equal(write('a A b B h c'), 'Sun Sunday Jul July Jul Sun Jul  5 01:30:07 2026');
  equal(write('d e j m u w U W'), '05  5 186 07 7 0 27 26');
  equal(write('C y Y D x F'), '20 26 2026 07/05/26 07/05/26 2026-07-05');
});

test('STRFTIME has the time of the clock on the wall, and how far it is from Greenwich', () => {
  equal(write('H I k l M S p P r R T X'), '01 01  1  1 30 07 AM am 01:30:07 AM 01:30 01:30:07 01:30:07');
  equal(write('z Z s'), `-0230 NDT ${MOMENT.epochMs / 1000}`);
  equal(write('z', { ...MOMENT, offsetMinutes: 330 }), '+0530');
  equal(write('I l p', { ...MOMENT, wall: new Date(Date.UTC(2026, 0, 1, 12)) }), '12 12 PM');
});

test('STRFTIME has white space and the percent sign, and no other letter', () => {
  equal(['n', 't', '%'].map((letter) => STRFTIME[letter]?.(MOMENT)).join(''), '\n\t%');
  equal(STRFTIME['Q'], undefined);
});
