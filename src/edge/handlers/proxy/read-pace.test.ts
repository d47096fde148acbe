import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../../kernel/fake-clock.ts';
import { ReadPace } from './read-pace.ts';

test('ReadPace lets the bytes of a second come at once, and then holds the server until the second begins whose bytes come next', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const clock = new FakeClock();
  const told: string[] = [];
  const source = { pause: () => told.push('pause'), resume: () => told.push('resume') };
  const pace = new ReadPace(source, 1000, clock);
  pace.count(500);
  pace.count(499);
  deepEqual(told, []);
  pace.count(1);
  deepEqual(told, ['pause']);
  t.mock.timers.tick(999);
  deepEqual(told, ['pause']);
  t.mock.timers.tick(1);
  deepEqual(told, ['pause', 'resume']);
  clock.advance(1000);
  pace.count(1999);
  t.mock.timers.tick(999);
  deepEqual(told, ['pause', 'resume', 'pause']);
});

test('ReadPace goes on when both the client and the time allow it', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const told: string[] = [];
  const source = { pause: () => told.push('pause'), resume: () => told.push('resume') };
  const pace = new ReadPace(source, 1000, new FakeClock());
  pace.count(1500);
  pace.pause();
  t.mock.timers.tick(1000);
  deepEqual(told, ['pause', 'pause']);
  pace.resume();
  deepEqual(told, ['pause', 'pause', 'resume']);
});
