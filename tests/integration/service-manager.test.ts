// Under a service manager such as systemd: its sockets are served, it hears of every change of state from the process that it has started, and nothing of all
// this reaches the application.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.ts';
import { descendants } from './processes.ts';
import type { Server, Site } from './server.ts';
import { launch, makeFolder, serve } from './server.ts';

const MANAGER = join(import.meta.dirname, 'fakes/service_manager.py');

const APP = `
import os, time
for name in ('LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES', 'NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'):
    assert name not in os.environ, name
def application(environ, start_response):
    start_response('200 OK', [])
    return [environ['PATH_INFO'].encode()]
`;

function under(...options: string[]): Pick<Site, 'app' | 'under'> {
  return { app: APP, under: ['python3', MANAGER, ...options] };
}

/** A message of the process that was started, from the place of an earlier log's end. */
function notified(server: Server, message: RegExp, from = 0): Promise<RegExpExecArray> {
  return server.logged(new RegExp(`NOTIFIED ${server.pid} .*${message.source}`), undefined, from);
}

test('the service manager hears of readiness, reloads, their failure and the end', async () => {
  await using server = await serve({ ...under('--notify'), args: ['--workers', '2'] });
  await notified(server, /READY=1\\nSTATUS=serving app:application with 2 workers/);
  assert.ok(server.log.indexOf('STATUS=starting') < server.log.indexOf('READY=1'));
  assert.match(server.log, /STATUS=starting\\nEXTEND_TIMEOUT_USEC=70000000'/);
  const before = server.log.length;
  server.signal('SIGHUP');
  const [, monotonicUs] = await notified(server, /RELOADING=1\\nMONOTONIC_USEC=(\d+)/, before);
  const nowUs = Number(process.hrtime.bigint() / 1000n);
  assert.ok(Number(monotonicUs) <= nowUs && Number(monotonicUs) > nowUs - 20_000_000);
  await notified(server, /READY=1/, before);
  const broken = server.log.length;
  writeFileSync(join(server.folder, 'app.py'), '1 / 0');
  server.signal('SIGHUP');
  await notified(server, /RELOADING=1/, broken);
  await notified(server, /READY=1\\nSTATUS=.*; the last reload has failed/, broken);
  server.signal('SIGTERM');
  await notified(server, /STOPPING=1.*EXTEND_TIMEOUT_USEC=40000000/);
  assert.equal(await server.exit, 0);
});

test('it is not told that the server is ready while no worker is', async () => {
  const app = `import time, os
print('waiting')
while not os.path.exists('go'): time.sleep(0.02)
print('going on')
${APP}`;
  await using server = launch({ ...under('--notify'), app });
  await notified(server, /STATUS=starting/);
  await server.logged(/OUTPUT app: waiting/);
  writeFileSync(join(server.folder, 'go'), '');
  await notified(server, /READY=1/);
  assert.ok(server.log.indexOf('OUTPUT app: going on') < server.log.indexOf('READY=1'));
});

test('it hears that the server is alive as often as it asks', async () => {
  await using server = await serve(under('--notify', '--watchdog=400000'));
  await server.logged(/(NOTIFIED \d+ 'WATCHDOG=1'[\s\S]*){3}/);
});

test('its sockets are served, of both kinds, by all threads of the edge, and by nothing but the edge', async () => {
  const folder = makeFolder();
  const path = join(folder, 'given');
  const args = ['--edge-threads', '2', '--bind', `unix:${path}`, '--bind', `unix:own`];
  await using server = await serve({ ...under('--tcp', `--unix=${path}`), folder, args });
  for (let turn = 0; turn < 4; turn += 1) {
    assert.equal((await server.ask(`/${turn}`)).body, `/${turn}`);
  }
  for (const name of ['given', 'own']) {
    using client = await Client.open({ path: join(folder, name) });
    client.send('GET /unix HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.equal((await client.read()).body, '/unix');
  }
  const given = [3, 4].map((fd) => readlinkSync(`/proc/${server.pid}/fd/${fd}`));
  for (const { pid, command } of descendants(server.pid).filter((child) => child.command.includes('portico_worker'))) {
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkOr(`/proc/${pid}/fd/${fd}`));
    assert.deepEqual(
      open.filter((target) => given.includes(target)),
      [],
      command,
    );
  }
  server.signal('SIGTERM');
  assert.equal(await server.exit, 0);
  assert.equal(existsSync(path), true, 'the socket is the service manager’s to remove');
  assert.equal(existsSync(join(folder, 'own')), false);
});

test('what an ancestor has left of a service manager in the environment does not keep the server from starting', async () => {
  const left = { LISTEN_FDS: '1', LISTEN_PID: '1', NOTIFY_SOCKET: '/nowhere/notify', WATCHDOG_USEC: '1000000' };
  await using server = await serve({ app: APP, env: left });
  assert.equal((await server.ask('/')).body, '/');
  assert.match(
    server.log,
    /WARNING portico: the service manager is told nothing: NOTIFY_SOCKET is '\/nowhere\/notify'/,
  );
});

test('sockets that are for another process are not taken, and that is said', async () => {
  await using server = launch(under('--tcp', '--pid=1'));
  assert.equal(await server.exit, 1);
  assert.match(
    server.log,
    /portico: LISTEN_FDS is for process 1, and this is \d+: let the service manager start portico itself/,
  );
});

function readlinkOr(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // The descriptor was closed while it was looked at.
  }
}
