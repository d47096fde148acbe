import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestRates } from './request-rate.ts';

test('RequestRates tells of the last ten seconds, and a little more', () => {
  const rates = new RequestRates();
  assert.equal(rates.rate, undefined);
  rates.note({ atMs: 0, requests: 0 });
  assert.equal(rates.rate, undefined);
  rates.note({ atMs: 2000, requests: 10 });
  assert.deepEqual(rates.rate, { perSecond: 5, overMs: 2000 });
  for (let atMs = 4000; atMs <= 20_000; atMs += 2000) {
    rates.note({ atMs, requests: 10 + atMs });
  }
  assert.deepEqual(rates.rate, { perSecond: 1000, overMs: 10_000 });
  rates.note({ atMs: 21_000, requests: 21_010 });
  assert.deepEqual(rates.rate, { perSecond: 1000, overMs: 11_000 });
});

test('RequestRates begins anew with another edge', () => {
  const rates = new RequestRates();
  rates.note({ atMs: 0, requests: 100 });
  rates.note({ atMs: 1000, requests: 4 });
  assert.equal(rates.rate, undefined);
  rates.note({ atMs: 2000, requests: 6 });
  assert.deepEqual(rates.rate, { perSecond: 2, overMs: 1000 });
});
