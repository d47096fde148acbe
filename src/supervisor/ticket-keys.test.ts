import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../kernel/fake-clock.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import { TicketKeys } from './ticket-keys.ts';

test('TicketKeys seals with a new key after its time, and knows those before for a while', () => {
  const clock = new FakeClock();
  const keys = new TicketKeys(clock);
  equal(keys.rotate(), false, 'nobody has asked for one');
  const [first = ''] = keys.current;
  equal(Buffer.from(first, 'base64').length, 48);
  clock.advance(SUPERVISOR_LIMITS.ticketKeyMs - 1);
  equal(keys.rotate(), false);
  deepEqual(keys.current, [first]);
  clock.advance(1);
  equal(keys.rotate(), true);
  const [second = '', before] = keys.current;
  equal(before, first);
  equal(second === first, false);
  for (let round = 0; round < 3; round += 1) {
    clock.advance(SUPERVISOR_LIMITS.ticketKeyMs);
    keys.rotate();
  }
  equal(keys.current.length, SUPERVISOR_LIMITS.ticketKeysMax);
  equal(keys.current.includes(second), false, 'sessions that it has sealed are over');
});
