// The hooks of a gunicorn.conf.py: in the order and the processes that gunicorn calls them in, from the start over a reload to the end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { said, serveGunicorn } from './gunicorn-server.ts';
import { until } from './waiting.ts';

const APP = `
import os
import time

print('the application is loaded by', os.environ.get('PORTICO_WORKER'))

def application(environ, start_response):
    if environ['PATH_INFO'] == '/slow':
        time.sleep(60)
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [environ.get('HTTP_X_HOOK', '').encode()]
`;
const CONFIG = `
import os

def say(name, *words):
    with open('said', 'a') as file:
        file.write(' '.join([name, *map(str, words)]) + '\\n')

def on_starting(server): say('on_starting')
def on_reload(server): say('on_reload')
def when_ready(server): say('when_ready', server.log is not None)
def nworkers_changed(server, new, old): say('nworkers_changed', new, old)
def post_fork(server, worker): say('post_fork', worker.ppid == os.getppid())
def pre_request(worker, req): req.headers.append(('X-HOOK', 'of the hook'))
def post_request(worker, req, environ, resp): say('post_request', req.path, resp.status_code)
def worker_int(worker): say('worker_int')
def worker_abort(worker): say('worker_abort')
def worker_exit(server, worker): say('worker_exit')
def child_exit(server, worker): say('child_exit')
def on_exit(server): say('on_exit')
`;
const FILES = { 'app.py': APP, 'gunicorn.conf.py': CONFIG };

test('hooks are called from the start to the end', async () => {
  await using server = await serveGunicorn({ files: FILES });
  assert.equal((await server.ask('/page')).body, 'of the hook');
  assert.match(server.log, /the application is loaded by w1/);
  server.signal('SIGTTIN');
  await until('there are two workers', () => said(server).filter((line) => line.startsWith('post_fork')).length === 2);
  await server.logged(/number of workers is now 2/);
  await until('both are ready', () => server.workerPids.length === 2);
  server.signal('SIGTERM');
  assert.equal(await server.exit, 0);
  assert.deepEqual(
    said(server).filter((line) => !/^(?:worker|child)_exit$/.test(line)),
    [
      ...['nworkers_changed 1 None', 'on_starting', 'when_ready True', 'post_fork True', 'post_request /page 200'],
      ...['nworkers_changed 2 1', 'post_fork True', 'on_exit'],
    ],
  );
  assert.equal(said(server).filter((line) => line === 'worker_exit').length, 2);
  assert.equal(said(server).filter((line) => line === 'child_exit').length, 2);
});

test('a reload has the hooks of the file anew, and its end is not that of the server', async () => {
  await using server = await serveGunicorn({ files: FILES });
  server.signal('SIGHUP');
  await server.logged(/reloaded: /);
  await until(
    'the new one is the only one',
    () => said(server).filter((line) => line === 'when_ready True').length === 2,
  );
  const all = said(server);
  assert.ok(all.indexOf('on_reload') > all.indexOf('when_ready True'));
  assert.ok(!all.includes('on_exit'));
});

test('a worker that is killed for the time of its request hears of it before', async () => {
  await using server = await serveGunicorn({ files: FILES, args: ['--timeout', '1'] });
  assert.equal((await server.ask('/slow')).status, 504);
  await until('it has ended', () => said(server).includes('child_exit'));
  const all = said(server);
  assert.deepEqual(
    all.filter((line) => /^(?:worker_abort|post_request|worker_exit|child_exit)/.test(line)),
    ['worker_abort', 'post_request /slow None', 'worker_exit', 'child_exit'],
  );
  assert.match(server.log, /GET \/slow: SystemExit: 1/);
});

test('a quick end interrupts the workers', async () => {
  await using server = await serveGunicorn({ files: FILES });
  server.signal('SIGQUIT');
  assert.equal(await server.exit, 0);
  assert.deepEqual(said(server).slice(-4), ['worker_int', 'worker_exit', 'child_exit', 'on_exit']);
});

test('a hook that fails at the start ends the start', async () => {
  const files = { ...FILES, 'gunicorn.conf.py': "def on_starting(server):\n    raise ValueError('not today')\n" };
  await assert.rejects(serveGunicorn({ files }), /ValueError: not today/);
});
