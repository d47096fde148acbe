import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppStatus, ServerStatus } from '../../protocol/control/operator.ts';
import { renderStatus } from './render-status.ts';

const APP: AppStatus = {
  ...{ app: 'shop', interface: 'wsgi', framework: 'Django 5.2', python: '3.11.2', pythonPath: '/usr/bin/python3' },
  ...{ threads: 1, workersWanted: 4, workersReady: 3, workersBusy: 1, workersLeaving: 0 },
  ...{ requests: 1200, exceptions: 0, running: 1, waiting: 0, oldestWaitMs: 0 },
};
const STATUS: ServerStatus = {
  ...{ version: '1.2.3', pid: 4711, title: 'portico serve shop', state: 'ready', startedAtMs: 0, nowMs: 90_000 },
  ...{ addresses: ['http://127.0.0.1:8000', 'unix:/run/shop.sock'], apps: [APP], connections: 5, backlog: 0 },
  ...{ rate: { perSecond: 123.4, overMs: 10_200 }, isEdgeAnswering: true, memoryBytes: 200 * 2 ** 20, reload: null },
  failures: [],
};

const render = (change: Partial<ServerStatus>): string =>
  renderStatus({ ...STATUS, ...change }).replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'DATE');

test('renderStatus() shows a server that is well', () => {
  assert.equal(
    render({}),
    [
      'server       portico serve shop, process 4711, Portico 1.2.3',
      'state        ready, since DATE (1 min 30 s)',
      'addresses    http://127.0.0.1:8000, unix:/run/shop.sock',
      'application  shop: WSGI, Django 5.2, Python 3.11.2; 3 of 4 workers ready, 1 busy',
      'requests     1200 answered by the application, 123 a second in the last 10 s, 1 running, 0 waiting, 5 connections',
      'memory       200 MB',
      'last reload  none',
      'failures     none in the log in memory',
      '',
    ].join('\n'),
  );
});

test('renderStatus() shows what is wrong', () => {
  const app: AppStatus = {
    ...{ ...APP, threads: 8, workersLeaving: 2, exceptions: 7, waiting: 3, oldestWaitMs: 2500 },
    ...{ interface: '', framework: '', python: '' },
  };
  const fault = { app: 'shop', error: 'SyntaxError: x', traceback: 'Traceback' };
  const text = render({
    ...{ apps: [app, APP], rate: { perSecond: 1.23, overMs: 5000 }, backlog: 9, isEdgeAnswering: false },
    reload: { why: 'SIGHUP', beganAtMs: 1000, endedAtMs: 1500, result: 'failed', faults: [fault] },
    failures: [{ atMs: 0, text: 'worker w1\u0007 is gone\nTraceback' }],
  });
  assert.match(text, /application {2}shop: not loaded; 3 of 4 workers of 8 threads ready, 1 busy, 2 finishing\n/);
  assert.match(
    text,
    /2400 answered by applications, 7 with exceptions, 1\.2 a second in the last 5 s, 2 running, 3 waiting \(for up to 2\.5 s\), 5 connections, 9 not yet accepted, the edge does not answer, and these are its last numbers\n/,
  );
  assert.match(text, /last reload {2}failed after 500 ms, DATE \(SIGHUP\): SyntaxError: x\n/);
  assert.match(text, /failures\n {2}DATE worker w1\\x07 is gone\n$/);
  const runs = { why: 'SIGHUP', beganAtMs: 88_000, endedAtMs: 0, result: 'runs', faults: [] } as const;
  assert.match(render({ rate: null, reload: runs }), /last reload {2}runs for 2\.0 s, DATE \(SIGHUP\)\n/);
});
