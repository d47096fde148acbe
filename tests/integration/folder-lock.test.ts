// The folder in which a server keeps bodies is locked: whoever cleans up sees that it lives, other servers of any PID namespace among them. What
// a server that was killed has left is removed by the next one.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAlive } from './processes.ts';
import { makeFolder, serve } from './server.ts';
import { until } from './waiting.ts';

const APP = `
def application(environ, start):
    size = len(environ['wsgi.input'].read())
    start('200 OK', [])
    return [str(size).encode()]
`;
const BODY = 'x'.repeat(2_400_000);
const LONG_AGO_S = 1_000_000_000;
const isLocked = (path: string): boolean => spawnSync('flock', ['-n', path, 'true']).status !== 0;
const works = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;
const hasFlock = works('flock', '--version');
const canUnshare = works('unshare', '--pid', '--fork', '--mount-proc', 'true');
const hasTmpfiles = works('systemd-tmpfiles', '--version');

function makeOld(path: string): void {
  for (const each of [...globSync(`${path}/*`), path]) utimesSync(each, LONG_AGO_S, LONG_AGO_S);
}

/** A spool folder as a killed server has left it. */
function plant(parent: string): string {
  const path = join(parent, 'portico-spool-dEAd00');
  mkdirSync(path, { mode: 0o700 });
  writeFileSync(join(path, 'e0-1'), 'body');
  makeOld(path);
  return path;
}

test('a folder in use is locked, and left alone', { skip: hasFlock ? false : 'needs flock' }, async () => {
  const TMPDIR = makeFolder();
  await using server = await serve({ app: APP, env: { TMPDIR } });
  assert.equal((await server.ask('/', { method: 'POST', body: BODY })).body, '2400000');
  const [folder = ''] = globSync(join(TMPDIR, 'portico-*'));
  await until('it is locked', () => isLocked(folder));
  // A body whose rest is long in coming.
  using client = await server.connect();
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${BODY.length}\r\n\r\n`);
  client.send(BODY.slice(1));
  await until('the body is in a file', () => existsSync(join(folder, 'e0-2')));
  makeOld(folder);

  let left = plant(TMPDIR);
  const under = canUnshare ? ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] : [];
  await using other = await serve({ app: APP, env: { TMPDIR }, under });
  await until('what was left is removed', () => !existsSync(left));
  assert.ok(existsSync(join(folder, 'e0-2')));

  if (hasTmpfiles) {
    left = plant(TMPDIR);
    writeFileSync(join(TMPDIR, 'conf'), `d ${TMPDIR} - - - 1s\n`);
    // The folder is old by all its times but that of the last change, which nobody can set.
    execFileSync('sleep', ['1.1']);
    execFileSync('systemd-tmpfiles', ['--clean', join(TMPDIR, 'conf')], { stdio: 'ignore' });
    assert.ok(!existsSync(left), 'cleaned up');
    assert.ok(existsSync(join(folder, 'e0-2')));
  }
  client.send('x');
  assert.equal((await client.read('POST')).body, '2400000');
  assert.equal((await other.ask('/')).body, '0');
});

test('nothing holds the lock of a server that was killed with its edge', {
  skip: hasFlock ? false : 'needs flock',
}, async () => {
  const TMPDIR = makeFolder();
  const app = `import subprocess\nchild = subprocess.Popen(['sleep', '5'], close_fds=False)\n${APP}`;
  await using server = await serve({ app, env: { TMPDIR } });
  await server.ask('/', { method: 'POST', body: BODY });
  const [folder = ''] = globSync(join(TMPDIR, 'portico-*'));
  await until('it is locked', () => isLocked(folder));
  const { edgePid, zygotePids, workerPids } = server;
  process.kill(edgePid, 'SIGSTOP');
  process.kill(server.pid, 'SIGKILL');
  process.kill(edgePid, 'SIGKILL');
  await until('all have ended', () => ![server.pid, edgePid, ...zygotePids, ...workerPids].some(isAlive));
  assert.ok(existsSync(folder));
  assert.ok(!isLocked(folder));
  makeOld(folder);
  await using next = await serve({ app: APP, env: { TMPDIR } });
  await until('the next has removed it', () => !existsSync(folder));
  assert.equal((await next.ask('/')).status, 200);
});

test('an edge whose supervisor was killed removes its folder', async () => {
  const TMPDIR = makeFolder();
  await using server = await serve({ app: APP, env: { TMPDIR } });
  await server.ask('/', { method: 'POST', body: BODY });
  assert.equal(globSync(join(TMPDIR, 'portico-*')).length, 1);
  const { edgePid } = server;
  process.kill(server.pid, 'SIGKILL');
  await until('the edge has ended', () => !isAlive(edgePid));
  assert.deepEqual(globSync(join(TMPDIR, 'portico-*')), []);
});

test('a server that keeps no bodies has no folder', async () => {
  const TMPDIR = makeFolder();
  await using server = await serve({ app: APP, env: { TMPDIR } });
  assert.equal((await server.ask('/')).body, '0');
  assert.deepEqual(globSync(join(TMPDIR, '*')), []);
});
