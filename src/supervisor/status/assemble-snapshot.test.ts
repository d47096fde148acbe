import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { EdgeReport, RunningRequest, UnitReport } from '../../protocol/control/report.ts';
import { Story } from '../fleet/fleet-story.ts';
import { assembleSnapshot } from './assemble-snapshot.ts';
import { WorkerHistory } from './worker-history.ts';

const TRAFFIC = { active: 1, accepted: 2, handled: 2, requests: 3, reading: 0, writing: 1, waiting: 0 };
const FACTS = { version: '1.0', pid: 10, uid: 1000, gid: 1000, cwd: '/srv', startedAtMs: 5 };
const MEMORY = { rssBytes: 1, vszBytes: 2 };

function request(target: string, ms: number): RunningRequest {
  const line = { requestId: 'r', method: 'GET', target, host: 'h', protocol: 'HTTP/1.1' };
  return { ...line, client: '::1', scheme: 'http', stage: 'running', ms };
}

function unit(number: number, requests: number, running: readonly RunningRequest[]): UnitReport {
  const counts = { requests, exceptions: 1, bytes: 10, busyUs: 100, meanUs: 50 };
  return { unit: number, ...counts, isStuck: false, runningCount: running.length, running };
}

function report(thread: number, units: readonly UnitReport[]): EdgeReport {
  const workers = [{ worker: 1, units }];
  const app = { app: 'site', waiting: 1, oldestWaitMs: 10 * thread, staticRequests: 2, workers };
  return { kind: 'report', number: 1, thread, traffic: TRAFFIC, apps: [app] };
}

function assemble(answer: Parameters<typeof assembleSnapshot>[0]['answer']) {
  const story = Story.started();
  return assembleSnapshot({
    facts: FACTS,
    fleet: story.server,
    history: new WorkerHistory(),
    answer,
    edge: { pid: 11, threads: 2 },
    apps: [{ id: 'site', target: 'mysite.wsgi', chdir: '/srv/site', threads: 2 }],
    listeners: [],
    takenAtMs: 100,
    nowMs: story.nowMs,
    memoryOf: () => MEMORY,
  });
}

test('assembleSnapshot() joins what the threads of the edge know of the same units', () => {
  const reports = [
    report(0, [unit(0, 2, [request('/a', 5)]), unit(1, 1, [])]),
    report(1, [unit(0, 3, [request('/b', 9)])]),
  ];
  const { apps, edge } = assemble({ answered: 2, reports });
  const [site] = apps;
  deepEqual([site?.waiting, site?.oldestWaitMs, site?.staticRequests], [2, 10, 4]);
  deepEqual([edge.answeredThreads, edge.traffic], [2, TRAFFIC]);
  const [first, second] = site?.workers ?? [];
  deepEqual(
    first?.units.map(({ unit: number, requests }) => [number, requests]),
    [
      [0, 5],
      [1, 1],
    ],
  );
  deepEqual(
    first?.units[0]?.running.map(({ target }) => target),
    ['/b', '/a'],
  );
  deepEqual([first?.counts.requests, first?.counts.exceptions, first?.runningCount], [6, 3, 2]);
  deepEqual([first?.name, first?.pid, first?.state, first?.inStateMs], ['w1', 101, 'ready', 10_000]);
  equal(second?.counts.requests, 0);
});

test('assembleSnapshot() says what is known where the edge has not answered', () => {
  const { apps, edge, state } = assemble({ answered: 0, reports: [] });
  deepEqual([edge.answeredThreads, edge.traffic, state], [0, undefined, 'ready']);
  deepEqual([apps[0]?.waiting, apps[0]?.workers.length, apps[0]?.seats.length], [0, 2, 2]);
});
