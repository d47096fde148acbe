import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { newRateMemory, RequestRates, rateOf } from './request-rate.ts';

const ZONE_BYTES = 65_536;
const TEN = rateOf(10, 1);

function newRates(bytes: number = ZONE_BYTES): RequestRates {
  return new RequestRates(newRateMemory(bytes), bytes);
}

test('rateOf() has whole thousandths, as nginx has', () => {
  deepEqual([rateOf(10, 1), rateOf(30, 60), rateOf(1, 60)], [10_000, 500, 16]);
});

test('RequestRates adds a request each time and takes off what has passed', () => {
  const rates = newRates();
  const excess: number[] = [];
  for (const nowMs of [0, 0, 50, 51, 151, 1151]) {
    rates.take('k', TEN, 9000, nowMs);
    excess.push(rates.excess);
  }
  deepEqual(excess, [0, 1000, 1500, 2490, 2490, 0]);
});

test('RequestRates does not count a request that it rejects', () => {
  const rates = newRates();
  equal(rates.take('k', TEN, 0, 0), 'ok');
  for (const nowMs of [0, 10, 99]) equal(rates.take('k', TEN, 0, nowMs), 'busy');
  equal(rates.take('k', TEN, 0, 100), 'ok');
});

test('RequestRates takes a clock that has gone back for one that stands, or has been set', () => {
  const rates = newRates();
  rates.take('k', TEN, 9000, 100_000);
  rates.take('k', TEN, 9000, 99_000);
  equal(rates.excess, 1000);
  rates.take('k', TEN, 9000, 30_000);
  equal(rates.excess, 1990);
});

test('look() counts nothing until settle()', () => {
  const rates = newRates();
  equal(rates.look('k', TEN, 0, 0), 'ok');
  const { entry } = rates;
  equal(rates.look('k', TEN, 0, 0), 'ok');
  rates.release(entry);
  rates.release(rates.entry);
  const fresh = newRates();
  fresh.look('k', TEN, 0, 5);
  equal(fresh.settle(fresh.entry, TEN, 5), 0);
  equal(fresh.look('k', TEN, 0, 5), 'busy');
});

test('RequestRates makes room by the key that was not seen for the longest time', () => {
  const rates = newRates(128);
  for (let key = 0; key < 16; key += 1) rates.take(String(key), TEN, 0, key);
  rates.take('0', TEN, 0, 16);
  equal(rates.take('new', TEN, 0, 17), 'ok');
  equal(rates.take('0', TEN, 0, 18), 'busy');
  equal(rates.take('1', TEN, 0, 18), 'ok', 'it was forgotten');
});

test('RequestRates says that there is no room where every key is waited for', () => {
  const rates = newRates(128);
  for (let key = 0; key < 16; key += 1) rates.look(String(key), TEN, 0, 0);
  const { entry } = rates;
  equal(rates.take('new', TEN, 0, 0), 'full');
  rates.release(entry);
  equal(rates.take('new', TEN, 0, 0), 'ok');
});

test('a zone of a megabyte has room for the eight thousand keys that nginx has in it', () => {
  const bytes = 1024 * 1024;
  const rates = newRates(bytes);
  for (let key = 0; key < 8192; key += 1) rates.take(`192.0.2.${key}`, 1, 0, key);
  let forgotten = 0;
  for (let key = 0; key < 8192; key += 1) forgotten += rates.look(`192.0.2.${key}`, 1, 0, 8192) === 'ok' ? 1 : 0;
  equal(forgotten < 410, true, `${forgotten} of 8192 are forgotten`);
});

const PROGRAM = `
  const { workerData: { module, memory, bytes }, parentPort } = require('node:worker_threads');
  const load = require;
  const { RequestRates } = load(module);
  const rates = new RequestRates(memory, bytes);
  let passed = 0;
  for (let request = 0; request < 4000; request += 1) {
    passed += rates.take('client', 10_000, 25_000, Math.floor(request / 4)) === 'ok' ? 1 : 0;
  }
  parentPort.postMessage(passed);`;

test('four threads together let exactly the rate and the burst through', async () => {
  const memory = newRateMemory(ZONE_BYTES);
  const module = fileURLToPath(new URL('./request-rate.ts', import.meta.url));
  const passed = await Promise.all(
    Array.from({ length: 4 }, () => {
      const worker = new Worker(PROGRAM, { eval: true, workerData: { module, memory, bytes: ZONE_BYTES } });
      return new Promise<number>((resolve, reject) => worker.on('message', resolve).on('error', reject));
    }),
  );
  // In the second that each of them goes through, ten; and before it the first one and the burst.
  const sum = passed.reduce((total, count) => total + count, 0);
  equal(sum >= 1 + 25 + 9 && sum <= 1 + 25 + 10, true, String(sum));
});
