import { deepEqual, equal } from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { EdgeReport } from '../../protocol/control/report.ts';
import { EdgeReports } from './edge-reports.ts';

const TRAFFIC = { active: 0, accepted: 0, handled: 0, requests: 0, reading: 0, writing: 0, waiting: 0 };
const WAIT_MS = 1000;

function report(number: number, thread: number, requests: number): EdgeReport {
  const counts = { requests, exceptions: 0, bytes: 0, busyUs: 0, meanUs: 0 };
  const unit = { unit: 0, ...counts, isStuck: false, runningCount: 1, running: [] };
  const app = { app: 'site', waiting: 2, oldestWaitMs: 5, staticRequests: 0, workers: [{ worker: 1, units: [unit] }] };
  return { kind: 'report', number, thread, traffic: TRAFFIC, apps: [app] };
}

function open(isThere = true): { reports: EdgeReports; asked: number[] } {
  const asked: number[] = [];
  const ask = (number: number): boolean => asked.push(number) > 0 && isThere;
  return { reports: new EdgeReports({ threads: 2, waitMs: WAIT_MS, ask }), asked };
}

test('EdgeReports asks once for all who ask meanwhile, and gives what every thread has answered', async () => {
  const { reports, asked } = open();
  const [one, other] = [reports.ask(), reports.ask()];
  reports.heed(report(1, 0, 3));
  reports.heed(report(1, 7, 9));
  reports.heed(report(1, 1, 4));
  deepEqual(await one, { answered: 2, reports: [report(1, 0, 3), report(1, 1, 4)] });
  equal(await other, await one);
  deepEqual(asked, [1]);
});

test('EdgeReports waits no longer than it may for a thread that stands still, whose last sums stay', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const { reports } = open();
  const first = reports.ask();
  reports.heed(report(1, 0, 3));
  reports.heed(report(1, 1, 4));
  await first;
  const second = reports.ask();
  reports.heed(report(2, 0, 5));
  // An answer to a question that is closed is no answer to this one.
  reports.heed(report(1, 1, 4));
  mock.timers.tick(WAIT_MS);
  const { answered, reports: known } = await second;
  equal(answered, 1);
  const [live, stale] = known.map(({ apps }) => apps[0]);
  equal(live?.waiting, 2);
  equal(stale?.waiting, 0);
  deepEqual(
    [live, stale].map((app) => app?.workers[0]?.units[0]?.requests),
    [5, 4],
  );
  equal(stale?.workers[0]?.units[0]?.runningCount, 0);
});

test('EdgeReports says at once that there is no edge, and what was told last of one that has ended', async () => {
  const { reports } = open(false);
  deepEqual(await reports.ask(), { answered: 0, reports: [] });
  const { reports: others } = open();
  const answer = others.ask();
  others.heed(report(1, 0, 3));
  deepEqual(others.onGone(), [report(1, 0, 3)]);
  equal((await answer).answered, 1);
  deepEqual(others.onGone(), []);
});
