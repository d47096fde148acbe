// The terminal that a server was started at is closed: the server ends as at SIGTERM, unless its shell has left it to itself before.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAlive } from './processes.ts';
import type { Server } from './server.ts';
import { launch } from './server.ts';
import { until, within } from './waiting.ts';

const APP = `
import os, time
def application(environ, start):
    if environ['PATH_INFO'] == '/slow':
        print('runs', flush=True)
        time.sleep(0.3)
    start('200 OK', [])
    return [b'hello']
`;
/** A terminal that is closed at SIGUSR1. In it runs the server, or a shell whose job in the background is the server. */
const TERMINAL = `
import os, pty, signal, sys
pid, terminal = pty.fork()
if pid == 0:
    if sys.argv[1] == 'background':
        if os.fork() != 0:
            signal.pause()
        os.setpgid(0, 0)
    os.execv(sys.argv[2], sys.argv[2:])
signal.signal(signal.SIGUSR1, lambda *_: os.close(terminal))
try:
    while True:
        os.write(1, os.read(terminal, 4096))
except OSError:
    status = os.waitpid(pid, 0)[1]
    sys.exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 0)
`;

async function started(place: 'foreground' | 'background'): Promise<{ server: Server; pid: number }> {
  const server = launch({ app: APP, args: ['--log-file', 'log'], under: ['python3', '-c', TERMINAL, place] });
  const [, pid] = await server.logged(/workers +1 .*; pid (\d+)\r?\n/);
  return { server, pid: Number(pid) };
}

const logOf = (server: Server): string => readFileSync(join(server.folder, 'log'), 'utf8');

test('what runs is finished when the terminal is closed, and SIGHUP before that is a reload', async () => {
  const { server, pid } = await started('foreground');
  await using _ = server;
  process.kill(pid, 'SIGHUP');
  await until('it is reloaded', () => logOf(server).includes('portico: reloaded:'));
  const answer = server.ask('/slow');
  await until('the request runs', () => logOf(server).includes('OUTPUT w1: runs'));
  server.signal('SIGUSR1');
  assert.equal((await answer).body, 'hello');
  assert.equal(await within(15_000, 'the end of the server', server.exit), 0);
  assert.match(logOf(server), /the terminal was closed: stopping; requests that run may go on/);
  assert.doesNotMatch(logOf(server), /stopping at once/);
});

test('a server in the background goes on without the terminal', async () => {
  const { server, pid } = await started('background');
  await using _ = server;
  server.signal('SIGUSR1');
  await server.exit;
  assert.equal((await server.ask('/')).body, 'hello');
  process.kill(pid, 'SIGTERM');
  await until('it has ended', () => !isAlive(pid));
});
