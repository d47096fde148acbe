// A supervisor to which the kernel gives no descriptor more: what it cannot start now, it starts later.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { Server } from './server.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

const APP = `
import os

def application(environ, start_response):
    start_response('200 OK', [])
    return [str(os.getpid()).encode()]
`;
const PLENTY = 1000;

/** Sets the soft limit; descriptors that are open stay open. */
function limitDescriptors(server: Server, count: number): void {
  execFileSync('prlimit', ['--pid', String(server.pid), `--nofile=${count}:`]);
}

test('an edge that cannot be started for want of descriptors is started when there are some', async () => {
  await using server = await serve({ app: APP });
  limitDescriptors(server, 1);
  process.kill(server.edgePid, 'SIGKILL');
  await server.logged(/ERROR portico: the edge process could not be started \(.*EMFILE/);
  limitDescriptors(server, PLENTY);
  assert.equal((await server.ask('/')).status, 200);
});

test('a zygote that cannot be started is started later, and the edge waits for it', async () => {
  await using server = await serve({ app: APP });
  limitDescriptors(server, 1);
  for (const pid of server.zygotePids) process.kill(pid, 'SIGKILL');
  await server.logged(/ERROR portico: the application could not be loaded: .*EMFILE.*It is tried again/);
  limitDescriptors(server, PLENTY);
  assert.equal((await server.ask('/')).status, 200);
});

test('a reload that cannot be done keeps the version that runs', async () => {
  await using server = await serve({ app: APP });
  const before = (await server.ask('/')).body;
  limitDescriptors(server, 1);
  server.signal('SIGHUP');
  await server.logged(/ERROR portico: .*EMFILE.*The version that runs is kept/);
  assert.equal((await server.ask('/')).body, before);
});

test('a worker is heard for whose output no descriptor is left', async () => {
  await using server = await serve({ app: `${APP}\nprint('loaded by', os.getpid())`, args: ['--no-preload'] });
  limitDescriptors(server, 1);
  const [worker = 0] = server.workerPids;
  process.kill(worker, 'SIGKILL');
  await until('there is a new worker', () => server.workerPids.length > 0 && !server.workerPids.includes(worker));
  const body = (await server.ask('/')).body;
  await server.logged(new RegExp(`OUTPUT w1: loaded by ${body}`));
});
