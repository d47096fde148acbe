// The stats server: one connection, one document, with the numbers as they are.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import type { NetConnectOpts } from 'node:net';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { findPort } from './free-port.ts';
import { launch, serve } from './server.ts';
import { until } from './waiting.ts';

const STEP_MS = 50;
const PATIENCE_MS = 15_000;
/** `/hold` runs until the file `go` is there. */
const APP = `
import os, time

def application(environ, start):
    path = environ['PATH_INFO']
    if path == '/raise':
        raise ValueError('no')
    if path == '/end':
        os.kill(os.getpid(), 9)
    while path == '/hold' and not os.path.exists('go'):
        time.sleep(0.01)
    start('200 OK', [('Content-Type', 'text/plain')])
    return [b'x' * 1000]
`;

interface Core {
  readonly requests: number;
  readonly in_request: number;
  readonly vars: readonly string[];
  readonly req_info: { readonly request_start?: number };
}

interface Worker {
  readonly id: number;
  readonly pid: number;
  readonly requests: number;
  readonly delta_requests: number;
  readonly exceptions: number;
  readonly harakiri_count: number;
  readonly status: string;
  readonly rss: number;
  readonly tx: number;
  readonly running_time: number;
  readonly avg_rt: number;
  readonly respawn_count: number;
  readonly cores: readonly Core[];
}

interface Stats {
  readonly pid: number;
  readonly sockets: readonly { readonly name: string }[];
  readonly workers: readonly Worker[];
}

async function read(address: NetConnectOpts, said = ''): Promise<string> {
  const socket = connect({ ...address, allowHalfOpen: true } as NetConnectOpts);
  let text = '';
  socket.setEncoding('utf8').on('data', (data: string) => {
    text += data;
  });
  socket.write(said);
  await once(socket, 'end');
  socket.end();
  return text;
}

async function ask(address: NetConnectOpts): Promise<Stats> {
  return JSON.parse(await read(address)) as Stats;
}

/** Asks until it is so. */
async function askUntil(address: NetConnectOpts, isSo: (worker: Worker) => boolean): Promise<Stats> {
  for (let left = PATIENCE_MS; ; left -= STEP_MS) {
    const stats = await ask(address);
    const [worker] = stats.workers;
    if (worker !== undefined && isSo(worker)) return stats;
    if (left <= 0) throw new Error(`waited in vain: ${JSON.stringify(stats)}`);
    await delay(STEP_MS);
  }
}

test('the stats server tells what runs, and what workers have done over those before them', async () => {
  const port = await findPort();
  const at = { host: '127.0.0.1', port };
  await using server = await serve({ app: APP, args: ['--stats', `127.0.0.1:${port}`, '--threads', '2'] });
  for (let number = 0; number < 10; number += 1) await server.ask('/');
  await server.ask('/raise');
  using held = await server.connect();
  held.send('GET /hold?a=%22b HTTP/1.1\r\nHost: site.test\r\n\r\n');
  const stats = await askUntil(at, ({ status }) => status === 'busy');
  const [worker] = stats.workers;
  assert.ok(worker !== undefined);
  assert.equal(stats.pid, server.pid);
  assert.equal(stats.sockets[0]?.name, `127.0.0.1:${server.port}`);
  assert.equal(worker.pid, server.workerPids[0]);
  assert.deepEqual([worker.requests, worker.delta_requests, worker.exceptions, worker.respawn_count], [11, 11, 1, 1]);
  assert.ok(worker.tx > 10_000 && worker.tx < 15_000, String(worker.tx));
  assert.ok(worker.rss > 1_000_000 && worker.running_time > 0 && worker.avg_rt > 0);
  assert.equal(
    worker.cores.reduce((sum, core) => sum + core.requests, 0),
    11,
  );
  const core = worker.cores.find(({ in_request: isBusy }) => isBusy === 1);
  assert.ok(core !== undefined);
  assert.ok(core.vars.includes('QUERY_STRING=a=%22b'));
  assert.equal(core.vars.at(-1), '');
  assert.ok(Math.abs((core.req_info.request_start ?? 0) - Date.now() / 1000) < 10);

  await server.ask('/end').catch(() => undefined);
  await server.ask('/');
  const [next] = (await askUntil(at, ({ requests }) => requests === 12)).workers;
  assert.notEqual(next?.pid, worker.pid);
  assert.deepEqual([next?.delta_requests, next?.exceptions, next?.respawn_count], [1, 1, 2]);
});

test('a request that has run into the timeout is counted', async () => {
  const port = await findPort();
  const args = ['--stats', `127.0.0.1:${port}`, '--timeout', '300ms', '--threads', '2'];
  await using server = await serve({ app: APP, args });
  assert.equal((await server.ask('/hold')).status, 504);
  await askUntil({ host: '127.0.0.1', port }, ({ harakiri_count: count }) => count === 1);
});

test('the stats server listens at a path and at an abstract name, by HTTP where that is asked for, and leaves no file', async () => {
  const name = `portico-test-${process.pid}`;
  {
    await using server = await serve({ app: APP, args: ['--stats', './stats.sock', '--stats-no-cores'] });
    const stats = await ask({ path: join(server.folder, 'stats.sock') });
    assert.equal(stats.workers[0]?.cores, undefined);
    server.signal('SIGTERM');
    await server.exit;
    assert.equal(existsSync(join(server.folder, 'stats.sock')), false);
  }
  await using _server = await serve({ app: APP, args: ['--stats', `@${name}`, '--stats-http', '--stats-minified'] });
  const text = await read({ path: `\0${name}` }, 'GET / HTTP/1.1\r\n\r\n');
  const [head = '', body = ''] = text.split('\r\n\r\n');
  assert.match(head, /^HTTP\/1\.0 200 OK\r\n.*Content-Type: application\/json$/s);
  assert.doesNotMatch(body, /\n/);
  assert.equal((JSON.parse(body) as Stats).workers.length, 1);
});

test('an address that is in use is told, with the setting that names it', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as { port: number };
  try {
    const server = launch({ app: APP, args: ['--stats', `127.0.0.1:${port}`] });
    assert.equal(await server.exit, 1);
    assert.match(server.log, new RegExp(`127\\.0\\.0\\.1:${port} is in use by .*choose another --stats`));
  } finally {
    holder.close();
  }
});

test('clients that do not read, say nothing, or come by the thousand keep nobody waiting, and leave nothing', async () => {
  const port = await findPort();
  const at = { host: '127.0.0.1', port };
  await using server = await serve({ app: APP, args: ['--stats', `127.0.0.1:${port}`] });
  const files = (): number => readdirSync(`/proc/${server.pid}/fd`).length;
  const before = files();
  const crowd = Array.from({ length: 1000 }, () =>
    connect({ ...at, allowHalfOpen: true }).on('error', () => undefined),
  );
  for (const socket of crowd) socket.pause();
  await until('most have been answered or refused', () => crowd.every((socket) => !socket.connecting));
  assert.ok(files() <= before + 300, `${files()} descriptors after ${before}`);
  assert.equal((await server.ask('/')).status, 200);
  // Those that hold their connection lose it.
  await until('the stats server has let go of them', () => files() <= before + 5, 20_000);
  assert.equal((await ask(at)).workers[0]?.requests, 1);
  for (const socket of crowd) socket.destroy();
});
