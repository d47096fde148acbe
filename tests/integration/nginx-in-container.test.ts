// `portico nginx` as the images of nginx run it: in the foreground, with links to the process's own streams in the place of the logs, and ended by QUIT.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPort } from './free-port.ts';
import { makeFolder, PORTICO, Server, START_MS } from './server.ts';

test('logs that are links to /dev/stdout and /dev/stderr are what the container prints, also after they were opened again', async () => {
  const folder = makeFolder();
  // Started by root, the server becomes nobody.
  chmodSync(folder, 0o755);
  symlinkSync('/dev/stdout', join(folder, 'access.log'));
  symlinkSync('/dev/stderr', join(folder, 'error.log'));
  const port = await findPort();
  writeFileSync(
    join(folder, 'nginx.conf'),
    `pid nginx.pid; error_log error.log notice;
events {}
http {
  log_format short "$request_uri $status";
  access_log access.log short;
  server { listen 127.0.0.1:${port}; root html; }
}
`,
  );
  // Node's pipes are sockets, which nobody can open by the name of a link.
  const child = spawn(PORTICO, ['nginx', '-p', folder, '-c', 'nginx.conf', '-g', 'daemon off;'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await using server = new Server(child, folder);
  await server.logged(/start worker processes/, START_MS);
  const ask = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  assert.equal(await ask('/first'), 404);
  await server.logged(/open\(\) "\S+\/html\/first" failed \(2: No such file or directory\), client: 127\.0\.0\.1/);
  await server.logged(/^\/first 404$/m);
  child.kill('SIGUSR1');
  await server.logged(/the logs were opened again/);
  assert.equal(await ask('/second'), 404);
  await server.logged(/open\(\) "\S+\/html\/second" failed/);
  await server.logged(/^\/second 404$/m);
  child.kill('SIGQUIT');
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.equal(code, 0);
});
