// What the documentation of monitoring libraries has people write into a gunicorn.conf.py, with the libraries themselves.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { serveGunicorn } from '../integration/gunicorn-server.ts';
import { makeFolder } from '../integration/server.ts';
import { until } from '../integration/waiting.ts';
import { PYTHON } from './example.ts';

const ENV = { PORTICO_PYTHON: PYTHON };

const COUNTING = `
import os
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest, multiprocess

COUNTER = Counter('visits', 'visits')
WORKING = Gauge('working', 'workers', multiprocess_mode='livesum')
WORKING.set(1)

def application(environ, start_response):
    if environ['PATH_INFO'] == '/metrics':
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
        body = generate_latest(registry)
    else:
        COUNTER.inc()
        body = str(os.getpid()).encode()
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [body]
`;
const MARKING = `
from prometheus_client import multiprocess

def child_exit(server, worker):
    multiprocess.mark_process_dead(worker.pid)
`;

test('prometheus_client counts over workers, and forgets those that are gone', async () => {
  assert.ok(existsSync(PYTHON), 'there are no frameworks in var/: run the step once, node tools/test.ts frameworks');
  const metrics = join(makeFolder(), 'metrics');
  mkdirSync(metrics);
  await using server = await serveGunicorn({
    files: { 'app.py': COUNTING, 'gunicorn.conf.py': MARKING },
    args: ['-w', '2'],
    env: { ...ENV, PROMETHEUS_MULTIPROC_DIR: metrics },
  });
  await until(
    'both workers count',
    () => readdirSync(metrics).filter((name) => name.startsWith('gauge_')).length === 2,
  );
  const [first = 0] = server.workerPids;
  for (let count = 0; count < 4; count += 1) await server.ask('/');
  const { body } = await server.ask('/metrics');
  assert.match(body, /^visits_total 4\.0$/m);
  assert.match(body, /^working 2\.0$/m);
  assert.ok(readdirSync(metrics).includes(`gauge_livesum_${first}.db`));
  process.kill(first, 'SIGKILL');
  await until('its gauge is gone', () => !readdirSync(metrics).includes(`gauge_livesum_${first}.db`));
  await until('another works', () => server.workerPids.length === 2 && !server.workerPids.includes(first));
  assert.match((await server.ask('/metrics')).body, /^visits_total 4\.0$/m);
});

const FAILING = `
from sentry_sdk.integrations.wsgi import SentryWsgiMiddleware

def fail(environ, start_response):
    raise ValueError('seen by Sentry')

application = SentryWsgiMiddleware(fail)
`;
const REPORTING = `
import json

import sentry_sdk
from sentry_sdk.transport import Transport

class ToFile(Transport):
    def capture_envelope(self, envelope):
        event = envelope.get_event()
        if event is not None:
            with open('events', 'a') as file:
                values = event.get('exception', {}).get('values', [{}])
                print(json.dumps([event.get('logger'), values[-1].get('value'), event.get('logentry', {}).get('message')]), file=file)

def post_fork(server, worker):
    sentry_sdk.init(dsn='https://key@sentry.invalid/1', transport=ToFile)
    worker.log.error('said by gunicorn.error')
`;

test('Sentry, begun in post_fork, hears of exceptions and of what is logged', async () => {
  await using server = await serveGunicorn({
    files: { 'app.py': FAILING, 'gunicorn.conf.py': REPORTING },
    env: ENV,
  });
  assert.equal((await server.ask('/')).status, 500);
  const path = join(server.folder, 'events');
  await until('both are there', () => existsSync(path) && readFileSync(path, 'utf8').split('\n').length > 2);
  const events = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  assert.deepEqual(events.slice(0, 2), [
    ['gunicorn.error', null, 'said by gunicorn.error'],
    [null, 'seen by Sentry', null],
  ]);
  assert.match(server.log, /ERROR w1: said by gunicorn\.error/);
});

const TRACED = `
import newrelic.agent

@newrelic.agent.wsgi_application()
def application(environ, start_response):
    transaction = newrelic.agent.current_transaction()
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [f'{transaction is not None} {transaction and transaction.application.name}'.encode()]
`;
const TRACING = `
import newrelic.agent

def post_fork(server, worker):
    newrelic.agent.initialize('newrelic.ini')
    newrelic.agent.register_application(timeout=5.0)
`;
const AGENT = `
[newrelic]
license_key = 0000000000000000000000000000000000000000
app_name = shop
developer_mode = true
`;

test('New Relic, begun in post_fork, traces requests', async () => {
  await using server = await serveGunicorn({
    files: { 'app.py': TRACED, 'gunicorn.conf.py': TRACING, 'newrelic.ini': AGENT },
    env: ENV,
  });
  assert.equal((await server.ask('/')).body, 'True shop');
});
