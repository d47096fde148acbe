import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../kernel/fake-clock.ts';
import { TicketKeys } from './ticket-keys.ts';

const SHORT_MS = 2000;
const LONG_MS = 300_000;

test('TicketKeys seals with a key as long as sessions last, and opens with it as long again', () => {
  const clock = new FakeClock();
  const keys = new TicketKeys(clock);
  const current = (): readonly string[] => keys.for([LONG_MS])[LONG_MS] ?? [];
  equal(keys.rotate([LONG_MS]), false, 'nobody has asked for one');
  const [first = ''] = current();
  equal(Buffer.from(first, 'base64').length, 48);
  clock.advance(LONG_MS - 1);
  equal(keys.rotate([LONG_MS]), false);
  deepEqual(current(), [first]);
  clock.advance(1);
  equal(keys.rotate([LONG_MS]), true);
  const [second = '', before] = current();
  equal(before, first);
  notEqual(second, first);
  clock.advance(LONG_MS);
  keys.rotate([LONG_MS]);
  equal(current().length, 2);
  equal(current()[1], second, 'sessions that the first has sealed are over');
});

test('TicketKeys has keys for each time that sessions last, as long as there are such sessions', () => {
  const clock = new FakeClock();
  const keys = new TicketKeys(clock);
  const both = [SHORT_MS, LONG_MS];
  const { [SHORT_MS]: short = [], [LONG_MS]: long = [] } = keys.for(both);
  notEqual(short[0], long[0]);
  clock.advance(SHORT_MS);
  equal(keys.rotate(both), true);
  deepEqual(keys.for(both)[LONG_MS], long);
  equal(keys.for(both)[SHORT_MS]?.[1], short[0]);
  clock.advance(SHORT_MS);
  equal(keys.rotate([LONG_MS]), false);
  equal(keys.for(both)[SHORT_MS]?.length, 1, 'begun anew');
});
