import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunningInUnit, WorkerStatus } from '../../protocol/control/operator.ts';
import { renderWorkers } from './render-workers.ts';

const REQUEST: RunningInUnit = {
  ...{ unit: 0, requestId: '1', method: 'GET', target: '/search?q=a', host: 'a', protocol: 'HTTP/1.1' },
  ...{ client: '127.0.0.1', scheme: 'http', stage: 'running', ms: 4200 },
};
const WORKER: WorkerStatus = {
  ...{ app: 'site', name: 'w1', pid: 4711, state: 'ready', inStateMs: 5000, why: '', spawnedAtMs: 1000 },
  ...{ requests: 0, exceptions: 0, meanMs: 0, memoryBytes: 20 * 2 ** 20, runningCount: 0, running: [] },
  ...{ restarts: 0, lastEnd: '', lastEndAtMs: 0 },
};

test('renderWorkers() gives each worker a line, and what it does beside its first request lines below', () => {
  const busy: WorkerStatus = {
    ...{ ...WORKER, name: 'w2', requests: 1200, meanMs: 12.3, runningCount: 30, restarts: 1 },
    running: [REQUEST, { ...REQUEST, target: '/\u001b[31m', stage: 'answering', ms: 20 }],
    ...{ lastEnd: 'was ended by SIGKILL', lastEndAtMs: 500 },
  };
  const text = renderWorkers([WORKER, busy], 6000).replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, 'DATE');
  assert.equal(
    text,
    [
      'WORKER  PID   STATE  DONE  FAILED  MEAN   MEMORY  SINCE  RESTARTS  REQUEST',
      'w1      4711  idle   0     0       -      20 MB   5.0 s  0',
      'w2      4711  busy   1200  0       12 ms  20 MB   5.0 s  1         GET /search?q=a, 4.2 s',
      '    GET /\\x1b[31m, 20 ms (answering)',
      '    and 28 more requests',
      '    the one before: was ended by SIGKILL, DATE',
      '',
    ].join('\n'),
  );
});

test('renderWorkers() says why a worker is on its way out, and what is not known yet', () => {
  const starting: WorkerStatus = { ...WORKER, pid: 0, state: 'starting', spawnedAtMs: 0, memoryBytes: 0 };
  const draining: WorkerStatus = { ...WORKER, state: 'draining', why: 'it uses 900 MB', requests: 3, meanMs: 1.25 };
  const lines = renderWorkers([starting, draining], 6000).split('\n');
  assert.match(lines[1] ?? '', /^w1 +- +starting +0 +0 +- +0 MB +- +0$/);
  assert.match(lines[2] ?? '', /^w1 +4711 +draining, idle +3 +0 +1\.3 ms +20 MB/);
  assert.equal(lines[3], '    it uses 900 MB');
});
