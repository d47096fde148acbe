import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestLimit } from './limit-requests.ts';
import { limitRequest, renderExcess } from './limit-requests.ts';
import { newRateMemory, RequestRates, rateOf } from './request-rate.ts';

const ZONE_BYTES = 65_536;

function limitOf(settings: Partial<RequestLimit> = {}): RequestLimit {
  const rates = new RequestRates(newRateMemory(ZONE_BYTES), ZONE_BYTES);
  return { rates, rate: rateOf(10, 1), burst: 0, delay: 0, ...settings };
}

const NODELAY = Number.POSITIVE_INFINITY;

function kinds(limit: RequestLimit, times: readonly number[]): string[] {
  return times.map((nowMs) => {
    const verdict = limitRequest([limit], ['k'], nowMs);
    return verdict.kind === 'delayed' ? `${verdict.delayMs} ms` : verdict.kind;
  });
}

test('limitRequest() lets through the rate, and rejects what is more', () => {
  deepEqual(kinds(limitOf(), [0, 1, 99, 100, 150, 200]), [
    ...['passed', 'rejected', 'rejected', 'passed', 'rejected', 'passed'],
  ]);
});

test('limitRequest() has the burst wait for its turn, at once with nodelay, in part with delay', () => {
  const atOnce = [0, 0, 0, 0, 0];
  deepEqual(kinds(limitOf({ burst: 3000 }), atOnce), ['passed', '100 ms', '200 ms', '300 ms', 'rejected']);
  deepEqual(kinds(limitOf({ burst: 3000, delay: NODELAY }), atOnce), [
    'passed',
    'passed',
    'passed',
    'passed',
    'rejected',
  ]);
  deepEqual(kinds(limitOf({ burst: 3000, delay: 2000 }), atOnce), ['passed', 'passed', 'passed', '100 ms', 'rejected']);
});

test('limitRequest() passes ten requests a second and a burst of five in three seconds: thirty-five', () => {
  const limit = limitOf({ burst: 5000, delay: NODELAY });
  let passed = 0;
  for (let nowMs = 0; nowMs <= 3000; nowMs += 1)
    passed += limitRequest([limit], ['k'], nowMs).kind === 'passed' ? 1 : 0;
  equal(passed, 1 + 5 + 30);
});

test('limitRequest() counts in no zone what one of them rejects', () => {
  const wide = limitOf({ burst: 2000, delay: NODELAY });
  const narrow = limitOf();
  equal(limitRequest([wide, narrow], ['k', 'k'], 0).kind, 'passed');
  for (let count = 0; count < 9; count += 1) {
    deepEqual(limitRequest([wide, narrow], ['k', 'k'], 0), { kind: 'rejected', limit: 1, excess: 1000, isFull: false });
  }
  for (const kind of ['passed', 'passed', 'rejected']) equal(limitRequest([wide], ['k'], 0).kind, kind);
});

test('limitRequest() waits for the slowest of several zones', () => {
  const slow = limitOf({ rate: rateOf(1, 1), burst: 5000 });
  const fast = limitOf({ burst: 5000 });
  limitRequest([slow, fast], ['k', 'k'], 0);
  deepEqual(limitRequest([slow, fast], ['k', 'k'], 0), { kind: 'delayed', delayMs: 1000, limit: 0, excess: 1000 });
  deepEqual(limitRequest([fast, slow], ['k', 'k'], 0), { kind: 'delayed', delayMs: 2000, limit: 1, excess: 2000 });
});

test('limitRequest() leaves out empty keys and those that are too long', () => {
  deepEqual(limitRequest([limitOf()], [''], 0), { kind: 'unlimited' });
  deepEqual(limitRequest([limitOf()], ['k'.repeat(65_536)], 0), { kind: 'unlimited' });
  const first = limitOf();
  equal(limitRequest([first, limitOf()], ['k', ''], 0).kind, 'passed');
  equal(limitRequest([first, limitOf()], ['k', ''], 0).kind, 'rejected', 'it was counted although it is not the last');
});

test('limitRequest() tells apart what is too much and what has no room', () => {
  const rates = new RequestRates(newRateMemory(128), 128);
  const limit = limitOf({ rates });
  for (let key = 0; key < 16; key += 1) rates.look(String(key), 1000, 0, 0);
  deepEqual(limitRequest([limit], ['new'], 0), { kind: 'rejected', limit: 0, excess: 0, isFull: true });
});

test('renderExcess() writes thousandths', () => {
  deepEqual([renderExcess(1500), renderExcess(7), renderExcess(0)], ['1.500', '0.007', '0.000']);
});
