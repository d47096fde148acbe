// A worker ends as a Python process does: what it has begun beside its requests is finished, or named in the log when the time is over.

import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';
import { descendants, isAlive } from './processes.ts';
import type { Server } from './server.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

const WSGI = `
import concurrent.futures, multiprocessing, threading, time
kept = []

def work(name, seconds):
    time.sleep(seconds)
    print(name, 'is done', flush=True)

def application(environ, start):
    if environ['PATH_INFO'] == '/hang':
        threading.Thread(target=work, args=('never', 60), name='laggard').start()
    if environ['PATH_INFO'] == '/begin':
        fork = multiprocessing.get_context('fork')
        for kind in (concurrent.futures.ThreadPoolExecutor(1), concurrent.futures.ProcessPoolExecutor(2, fork)):
            kept.append(kind)
            kind.submit(work, type(kind).__name__, 0.5)
    start('200 OK', [])
    return [b'begun']
`;
const ASGI = `
import asyncio

async def work(name):
    await asyncio.sleep(1.5)
    print(name, 'is done', flush=True)

async def for_ever():
    while True:
        await asyncio.sleep(0.1)

async def application(scope, receive, send):
    if scope['type'] == 'lifespan':
        await receive()
        asyncio.create_task(for_ever())
        await send({'type': 'lifespan.startup.complete'})
        await receive()
        print('shut down', flush=True)
        await send({'type': 'lifespan.shutdown.complete'})
        return
    application.tasks = [asyncio.create_task(work('a task'))]
    await send({'type': 'http.response.start', 'status': 200})
    await send({'type': 'http.response.body', 'body': b'begun'})
    await work('the rest of the request')
`;
/** Far below the graceful timeout, and below the ten seconds that exit handlers once had. */
const SOON_MS = 8000;

async function stop(server: Server): Promise<number> {
  const family = descendants(server.pid).map(({ pid }) => pid);
  const began = performance.now();
  server.signal('SIGTERM');
  assert.equal(await server.exit, 0);
  assert.deepEqual(family.filter(isAlive), []);
  return performance.now() - began;
}

test('TERM: threads and processes of executors finish what they have, and none is left', async () => {
  await using server = await serve({ app: WSGI });
  const from = server.log.length;
  assert.equal((await server.ask('/begin')).body, 'begun');
  const tookMs = await stop(server);
  assert.match(server.log, /ThreadPoolExecutor is done/);
  assert.match(server.log, /ProcessPoolExecutor is done/);
  assert.ok(tookMs < SOON_MS, `${tookMs} ms`);
  assert.doesNotMatch(server.log.slice(from), /ERROR|WARNING|Traceback/);
});

test('HUP: the same in the workers that are replaced', async () => {
  await using server = await serve({ app: WSGI });
  const from = server.log.length;
  const [zygote] = server.zygotePids;
  assert.equal((await server.ask('/begin')).body, 'begun');
  const old = descendants(zygote ?? 0).map(({ pid }) => pid);
  assert.equal(old.length, 3);
  server.signal('SIGHUP');
  await server.logged(/ThreadPoolExecutor is done/);
  await server.logged(/ProcessPoolExecutor is done/);
  await until('they have ended', () => !old.some(isAlive), SOON_MS);
  assert.doesNotMatch(server.log.slice(from), /ERROR|WARNING|Traceback/);
});

test('TERM: a thread that does not end in time is named', async () => {
  await using server = await serve({ app: WSGI, args: ['--graceful-timeout', '300ms'] });
  await server.ask('/hang');
  const tookMs = await stop(server);
  assert.match(server.log, /ERROR portico: worker w1 .* code 1: .* the thread "laggard" at \S+app\.py:\d+ in work/);
  assert.ok(tookMs < SOON_MS, `${tookMs} ms`);
});

test('TERM: what requests have left to the event loop is finished before the shutdown of the lifespan', async () => {
  await using server = await serve({ app: ASGI });
  assert.equal((await server.ask('/')).body, 'begun');
  const tookMs = await stop(server);
  assert.match(
    server.log,
    /the rest of the request is done[\s\S]*a task is done[\s\S]*shut down|a task is done[\s\S]*request is done[\s\S]*shut down/,
  );
  assert.ok(tookMs < SOON_MS, `${tookMs} ms: the loop of startup was waited for`);
});

const STREAM = `
import asyncio, signal

ended = None

async def application(scope, receive, send):
    global ended
    if scope['type'] == 'lifespan':
        await receive()
        ended = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
        await send({'type': 'lifespan.startup.complete'})
        await receive()
        print('shut down', flush=True)
        await send({'type': 'lifespan.shutdown.complete'})
        return
    await send({'type': 'http.response.start', 'status': 200})
    await send({'type': 'http.response.body', 'body': b'begun, ', 'more_body': True})
    print('it streams', flush=True)
    await ended.wait()
    await send({'type': 'http.response.body', 'body': b'ended'})
`;

test('TERM: a handler of the application ends its streams at once, and its lifespan is shut down', async () => {
  await using server = await serve({ app: STREAM });
  using client = await server.connect();
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await server.logged(/it streams/);
  const stopping = stop(server);
  assert.equal((await client.read()).body, 'begun, ended');
  const tookMs = await stopping;
  assert.match(server.log, /shut down/);
  assert.ok(tookMs < SOON_MS, `${tookMs} ms`);
});
