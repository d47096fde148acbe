// kill -9 on the supervisor: nothing of the server is left five seconds later, whatever it was doing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './client.ts';
import { descendants, isAlive } from './processes.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

const APP = `
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)

def application(environ, start):
    if environ['PATH_INFO'] == '/busy':
        print('busy', flush=True)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            pass
    if environ['PATH_INFO'] == '/sleep':
        print('asleep', flush=True)
        time.sleep(60)
    start('200 OK', [])
    return [b'']
`;
const ORPHANS_MS = 5000;

for (const preload of ['--preload', '--no-preload']) {
  test(`idle, sleeping and busy workers end, ${preload}`, async () => {
    await using server = await serve({ app: APP, args: ['--workers', '3', preload, '--edge-threads', '2'] });
    const clients = [await Client.open(server.port), await Client.open(server.port)];
    for (const [index, path] of ['/busy', '/sleep'].entries())
      clients[index]?.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await server.logged(/busy/);
    await server.logged(/asleep/);
    const family = descendants(server.pid).map(({ pid }) => pid);
    assert.ok(family.length >= 5, String(family.length));
    process.kill(server.pid, 'SIGKILL');
    await until('all of them have ended', () => !family.some(isAlive), ORPHANS_MS);
    for (const client of clients) client.close();
  });
}

const WITH_PROGRAM = `
import subprocess
subprocess.Popen(['sh', '-c', 'trap "" TERM; while :; do sleep 0.2; done'])

def application(environ, start):
    start('200 OK', [])
    return [b'']
`;

for (const preload of ['--preload', '--no-preload']) {
  test(`a program that the import has started ends, whether it heeds SIGTERM or not, ${preload}`, async () => {
    await using server = await serve({ app: WITH_PROGRAM, args: [preload] });
    const family = descendants(server.pid).map(({ pid }) => pid);
    assert.ok(family.length >= 4, String(family.length));
    process.kill(server.pid, 'SIGKILL');
    await until('all of them have ended', () => !family.some(isAlive), ORPHANS_MS);
  });
}
