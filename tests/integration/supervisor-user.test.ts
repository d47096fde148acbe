// --user: everything that has to do with clients or applications is that user, with its groups and its home, and cannot become root again. The supervisor keeps root's rights for reloads.

import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Authority } from './certificates.ts';
import { Client } from './client.ts';
import { canActForUser } from './of-root.ts';
import { descendants } from './processes.ts';
import { makeFolder, serve } from './server.ts';

const APP = `
import os
def application(environ, start_response):
    start_response('200 OK', [])
    try:
        os.setuid(0)
        root = 'root again'
    except OSError:
        root = 'not root'
    return [('%s %s %s' % (root, os.environ['HOME'], os.environ['USER'])).encode()]
`;

const options = { skip: canActForUser ? false : 'needs root, and a checkout that all can read' };

/** Asserts that a process has nothing of root. */
function assertUsers(pid: number, command: string): void {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  assert.match(status, /^Uid:\t(\d+)\t\1\t\1\t\1$/m, command);
  assert.doesNotMatch(status, /^[UG]id:\t0/m, command);
  assert.doesNotMatch(status, /^Groups:\t(.* )?0 /m, command);
  assert.match(status, /^CapEff:\t0+$/m, command);
}

test('--user has edge, zygote and workers be that user', options, async () => {
  const folder = makeFolder();
  chmodSync(folder, 0o755);
  const args = [
    '--user',
    'nobody',
    '--python',
    '/usr/bin/python3',
    '--pid-file',
    'pid',
    '--bind',
    'unix:s',
    '--bind',
    '127.0.0.1:0',
  ];
  await using server = await serve({ app: APP, folder, env: { TMPDIR: '/tmp', PORTICO_CONTROL_SOCKET: 'off' }, args });
  const children = descendants(server.pid);
  assert.equal(children.length, 3);
  for (const { pid, command } of children) {
    assertUsers(pid, command);
  }
  assert.match(readFileSync(`/proc/${server.pid}/status`, 'latin1'), /^Uid:\t0\t0\t0\t0$/m);
  // The kernel shows it to root alone: an application cannot read the keys of TLS from its memory.
  assert.equal(statSync(`/proc/${server.edgePid}/mem`).uid, 0);
  const environment = readFileSync(`/proc/${server.edgePid}/environ`, 'latin1');
  const [, cache = ''] = /(?:^|\0)\+?NODE_COMPILE_CACHE=([^\0]*)/.exec(environment) ?? [];
  assert.ok(cache === '' || statSync(cache).uid === 0, 'nor make it run code of its own');
  assert.match((await server.ask('/')).body, /^not root \S+ nobody$/);
  // Somebody who acts on the pid file as root is to read what root has written.
  assert.equal(statSync(join(folder, 'pid')).uid, 0);
  assert.equal(statSync(join(folder, 's')).mode & 0o777, 0o666);
});

test("a key that is root's alone is read again at a reload", options, async () => {
  const folder = makeFolder();
  chmodSync(folder, 0o755);
  const authority = new Authority(folder);
  const { cert, key } = authority.issue('site');
  chmodSync(key, 0o600);
  const args = ['--user', 'nobody', '--python', '/usr/bin/python3', '--certfile', cert, '--keyfile', key];
  await using server = await serve({ app: APP, folder, env: { TMPDIR: '/tmp', PORTICO_CONTROL_SOCKET: 'off' }, args });
  authority.issue('site', { extensions: 'subjectAltName=DNS:renewed.test' });
  chmodSync(key, 0o600);
  server.signal('SIGHUP');
  await server.logged(/INFO .*new files of the certificate are in use: renewed\.test/);
  using client = await Client.secure(server.port, { rejectUnauthorized: false });
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match((await client.read()).body, /^not root/);
});

test(
  "a program that root would have to start for the user, and that is not ours, costs root's rights for good",
  options,
  async () => {
    const folder = makeFolder();
    chmodSync(folder, 0o755);
    const program = join(import.meta.dirname, '../../src/edge/main.ts');
    const args = ['--user', 'nobody', '--python', '/usr/bin/python3', '--edge-program', program];
    await using server = await serve({
      app: APP,
      folder,
      env: { TMPDIR: '/tmp', PORTICO_CONTROL_SOCKET: 'off' },
      args,
    });
    assert.match(server.log, /INFO portico: root starts no programs but its own for a user/);
    for (const { pid, command } of [{ pid: server.pid, command: 'supervisor' }, ...descendants(server.pid)]) {
      assertUsers(pid, command);
    }
    assert.match((await server.ask('/')).body, /^not root/);
  },
);
