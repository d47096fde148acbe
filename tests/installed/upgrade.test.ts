// An upgrade under a running server.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, Server, START_MS } from '../integration/server.ts';
import { Folder, install, packagesOf } from './environment.ts';

const APP = `
def application(environ, start_response):
    start_response('200 OK', [])
    return [b'served']
`;

test('a server whose files were replaced by those of another release says so at the next reload, and serves on', async () => {
  using folder = new Folder();
  const venv = join(folder.path, 'venv');
  const portico = install(venv);
  const site = makeFolder();
  writeFileSync(join(site, 'app.py'), APP);
  const args = ['serve', 'app:application', '--bind', '127.0.0.1:0', '--workers', '1'];
  const child = spawn(portico, args, { cwd: site, stdio: ['ignore', 'pipe', 'pipe'] });
  await using server = new Server(child, site);
  await server.logged(/is ready \(/, START_MS);
  const path = join(packagesOf(venv), 'portico/package.json');
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, before.replace(/"version": "[^"]+"/, '"version": "99.0.0"'));
  server.signal('SIGHUP');
  await server.logged(/WARNING portico: Portico 99\.0\.0 was installed under the server while it runs/);
  await server.logged(/reloaded:/);
  assert.equal((await server.ask('/')).body, 'served');
});
