// portico workers and portico trace: what a worker does now, and where in its code it is.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { portico } from './commands.ts';
import { serve } from './server.ts';

const APP = `
import re, time

def in_sleep():
    time.sleep(8)

def in_regex():
    re.match(r'(a+)+$', 'a' * 29 + 'b')

def application(environ, start):
    print('begins', environ['PATH_INFO'], flush=True)
    {'/sleep': in_sleep, '/regex': in_regex}.get(environ['PATH_INFO'], int)()
    start('200 OK', [])
    return [b'']
`;

/** Each takes the time of a command. */
const TURNS_MAX = 50;

interface Worker {
  readonly name: string;
  readonly pid: number;
  readonly state: string;
  readonly requests: number;
  readonly runningCount: number;
  readonly restarts: number;
  readonly lastEnd: string;
}

async function workersOf(folder: string): Promise<readonly Worker[]> {
  const { out } = await portico(folder, ['workers', '--json']);
  return (JSON.parse(out) as { readonly workers: readonly Worker[] }).workers;
}

/** Of a server with one. */
async function awaitWorker(folder: string, isIt: (worker: Worker) => boolean): Promise<Worker> {
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const [worker] = await workersOf(folder);
    if (worker !== undefined && isIt(worker)) return worker;
  }
  throw new Error('waited in vain for a worker');
}

test('trace shows a worker that sleeps, and one in C code that holds the GIL, with their requests, and the log none of it', async () => {
  await using server = await serve({ app: APP, args: ['--workers', '2', '--timeout', '60'] });
  using sleeper = await server.connect();
  sleeper.send('GET /sleep?why=1 HTTP/1.1\r\nHost: a\r\n\r\n');
  using searcher = await server.connect();
  searcher.send('GET /regex HTTP/1.1\r\nHost: a\r\n\r\n');
  await server.logged(/begins \/sleep/);
  await server.logged(/begins \/regex/);
  const names = ['w1', 'w2'];
  const traces = await Promise.all(names.map((name) => portico(server.folder, ['trace', name])));
  const [sleeping, searching] = ['in_sleep', 'in_regex'].map(
    (name) => traces.find(({ out }) => out.includes(name))?.out,
  );
  assert.match(sleeping ?? '', /runs GET \/sleep\?why=1, \d.*\n {2}File ".*app\.py", line 5 in in_sleep\n/);
  assert.match(searching ?? '', /runs GET \/regex, \d.*\n {2}File ".*\n {2}File ".*app\.py", line 8 in in_regex\n/);
  const shown = await portico(server.folder, ['workers']);
  assert.match(shown.out, /^WORKER +PID +STATE .*\nw1 +\d+ +busy +0 /);
  assert.match(shown.out, /GET \/regex, \d/);
  assert.match((await portico(server.folder, ['status'])).out, /2 of 2 workers ready, 2 busy\n[\s\S]* 2 running, /);
  const [first] = await workersOf(server.folder);
  const byPid = await portico(server.folder, ['trace', String(first?.pid), '--json']);
  const { worker, threads } = JSON.parse(byPid.out) as { readonly worker: string; readonly threads: readonly object[] };
  assert.equal(worker, 'w1');
  assert.ok(threads.length >= 2);
  assert.doesNotMatch(server.log, /Thread 0x/);
  server.signal('SIGQUIT');
});

test('trace says of a worker that is stopped or unknown why it shows nothing, and works when the worker goes on', async () => {
  await using server = await serve({ app: APP });
  const [pid = 0] = server.workerPids;
  process.kill(pid, 'SIGSTOP');
  const stopped = await portico(server.folder, ['trace', 'w1']);
  assert.equal(stopped.code, 1);
  assert.match(stopped.error, /w1 \(pid \d+\) is stopped, by SIGSTOP or a debugger/);
  process.kill(pid, 'SIGCONT');
  const shown = await portico(server.folder, ['trace', 'w1']);
  assert.match(shown.out, /\(in no code of the application\)/);
  const unknown = await portico(server.folder, ['trace', 'w7']);
  assert.equal(unknown.code, 1);
  assert.match(unknown.error, /there is no worker w7, but w1 \(pid \d+\)/);
});

test('trace shows where a worker is while it loads the application', async () => {
  const app = `${APP}\nimport os\nif os.path.exists('slow'):\n    print('loads', flush=True)\n    in_sleep()\n`;
  await using server = await serve({ app, args: ['--no-preload'] });
  writeFileSync(join(server.folder, 'slow'), '');
  const reload = portico(server.folder, ['reload', '--timeout', '1']);
  await server.logged(/OUTPUT w1: loads/);
  const loading = (await workersOf(server.folder)).find(({ state }) => state === 'starting');
  const shown = await portico(server.folder, ['trace', String(loading?.pid)]);
  assert.match(shown.out, /, starting\n[\s\S]*in in_sleep\n/, shown.error);
  assert.match((await reload).error, /still being loaded after 1 s/);
  server.signal('SIGQUIT');
});

test('workers remembers what has become of the one before', async () => {
  await using server = await serve({ app: APP });
  const [pid = 0] = server.workerPids;
  assert.equal((await server.ask('/')).status, 200);
  await awaitWorker(server.folder, ({ requests }) => requests === 1);
  process.kill(pid, 'SIGKILL');
  const worker = await awaitWorker(server.folder, (each) => each.pid !== pid && each.pid !== 0);
  assert.equal(worker.restarts, 1);
  assert.match(worker.lastEnd, /SIGKILL/);
  assert.match((await portico(server.folder, ['status'])).out, /1 answered by the application/);
});
