// --user: everything that runs afterwards is that user, with its groups and its home, and nothing can become root again.

import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Authority } from './certificates.ts';
import { Client } from './client.ts';
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

const canDrop = process.geteuid?.() === 0 && isReadableByAll(join(import.meta.dirname, '../..'));

test('--user drops privileges of every process', {
  skip: canDrop ? false : 'needs root, and a checkout that all can read',
}, async () => {
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
  await using server = await serve({ app: APP, folder, env: { TMPDIR: '/tmp' }, args });
  for (const { pid, command } of [{ pid: server.pid, command: 'supervisor' }, ...descendants(server.pid)]) {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    assert.match(status, /^Uid:\t(\d+)\t\1\t\1\t\1$/m, command);
    assert.doesNotMatch(status, /^[UG]id:\t0/m, command);
    assert.doesNotMatch(status, /^Groups:\t(.* )?0 /m, command);
    assert.match(status, /^CapEff:\t0+$/m, command);
  }
  assert.match((await server.ask('/')).body, /^not root \S+ nobody$/);
  // Somebody who acts on the pid file as root is to read what root has written.
  assert.equal(statSync(join(folder, 'pid')).uid, 0);
  assert.equal(statSync(join(folder, 's')).mode & 0o777, 0o666);
});

test("a key that is root's alone is read before privileges are dropped, and kept in use afterwards", {
  skip: canDrop ? false : 'needs root, and a checkout that all can read',
}, async () => {
  const folder = makeFolder();
  chmodSync(folder, 0o755);
  const { cert, key } = new Authority(folder).issue('site');
  chmodSync(key, 0o600);
  const args = ['--user', 'nobody', '--python', '/usr/bin/python3', '--certfile', cert, '--keyfile', key];
  await using server = await serve({ app: APP, folder, env: { TMPDIR: '/tmp' }, args });
  server.signal('SIGHUP');
  await server.logged(/WARNING .*the certificate in use is kept: .*site\.key cannot be read: no permission/);
  await server.logged(/INFO .*reloaded/);
  using client = await Client.secure(server.port, { rejectUnauthorized: false });
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match((await client.read()).body, /^not root/);
});

function isReadableByAll(path: string): boolean {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.every((_, index) => (statSync(`/${parts.slice(0, index + 1).join('/')}`).mode & 0o005) === 0o005);
}
