import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpDate, machineUs, systemClock } from './clock.ts';
import { FakeClock } from './fake-clock.ts';

test('systemClock tells wall time and a time that does not go back', () => {
  assert.ok(systemClock.nowMs() > Date.UTC(2025, 0, 1));
  const before = systemClock.monotonicMs();
  assert.ok(systemClock.monotonicMs() >= before);
});

test('machineUs() is the clock that the uptime of the machine is told by', () => {
  const before = machineUs();
  assert.ok(before > 0n && machineUs() >= before);
});

test('FakeClock moves both times only when told', () => {
  const clock = new FakeClock(1000);
  clock.advance(250);
  assert.deepEqual([clock.nowMs(), clock.monotonicMs()], [1250, 250]);
});

test('httpDate() has four digits of a year for every number', () => {
  assert.equal(httpDate(1_764_000_000_000), 'Mon, 24 Nov 2025 16:00:00 GMT');
  assert.equal(httpDate(1e20), 'Fri, 31 Dec 9999 23:59:59 GMT');
  assert.equal(httpDate(-1e20), 'Sat, 01 Jan 0000 00:00:00 GMT');
});
