import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseFromEdge } from './edge.ts';
import { addCounts, newUnitCounts, nextServiceMean, REPORT_LIMITS, toldText } from './report.ts';

const COUNTS = { requests: 2, exceptions: 1, bytes: 100, busyUs: 10.5, meanUs: 5.25 };
const REQUEST = {
  requestId: 'a1',
  method: 'GET',
  target: '/slow?a=1',
  host: 'example.org',
  protocol: 'HTTP/1.1',
  client: '127.0.0.1',
  scheme: 'http',
  stage: 'running',
  ms: 12.5,
};
const UNIT = { unit: 0, ...COUNTS, isStuck: false, runningCount: 1, running: [REQUEST] };
const TRAFFIC = { active: 1, accepted: 2, handled: 2, requests: 3, reading: 0, writing: 1, waiting: 0 };
const APP = { app: 'site', waiting: 1, oldestWaitMs: 2.5, staticRequests: 3, workers: [{ worker: 7, units: [UNIT] }] };
const REPORT = { kind: 'report', number: 4, thread: 1, traffic: TRAFFIC, apps: [APP] };

test('parseFromEdge() takes a report as it is, without keys that are not known', () => {
  const told = { ...REPORT, apps: [{ ...APP, more: 1 }] };
  deepEqual(parseFromEdge(told), { ok: true, value: REPORT });
});

test('parseFromEdge() takes the last sums of a worker', () => {
  const told = { kind: 'counted', app: 'site', worker: 7, units: [{ unit: 0, ...COUNTS }] };
  deepEqual(parseFromEdge(told), { ok: true, value: told });
});

test('parseFromEdge() refuses a report in which something has another type', () => {
  const faulty = { ...REPORT, apps: [{ ...APP, workers: [{ worker: 7, units: [{ ...UNIT, requests: -1 }] }] }] };
  deepEqual(parseFromEdge(faulty), { ok: false, fault: '"requests" of a "report" message is wrong' });
});

test('addCounts() adds sums, and weighs means by the requests that they stand for', () => {
  const sum = newUnitCounts();
  addCounts(sum, newUnitCounts());
  deepEqual(sum, newUnitCounts());
  addCounts(sum, { requests: 1, exceptions: 0, bytes: 10, busyUs: 100, meanUs: 100 });
  addCounts(sum, { requests: 3, exceptions: 2, bytes: 30, busyUs: 600, meanUs: 200 });
  deepEqual(sum, { requests: 4, exceptions: 2, bytes: 40, busyUs: 700, meanUs: 175 });
});

test('nextServiceMean() gives each new one half of the weight, and the first all of it', () => {
  equal(nextServiceMean(0, 100), 100);
  equal(nextServiceMean(100, 200), 150);
});

test('toldText() cuts what is long, and escapes what a terminal could obey', () => {
  equal(toldText('/a?b=c'), '/a?b=c');
  equal(toldText('/\x1b[2J\xe9\u2026'), '/\\x1b[2J\\xe9\\u2026');
  equal(toldText('a'.repeat(REPORT_LIMITS.textLengthMax + 1)), `${'a'.repeat(REPORT_LIMITS.textLengthMax)}...`);
});
