// Root in a container, which may do less than root: it changes owners and becomes another user, but reaches no files and no processes of others by being root.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPort } from './free-port.ts';
import { canActForUser } from './of-root.ts';
import { isAlive } from './processes.ts';
import { makeFolder, PORTICO, Server } from './server.ts';
import { until } from './waiting.ts';

const hasTool = existsSync('/usr/bin/setpriv');
const options = { skip: canActForUser && hasTool ? false : 'needs root, setpriv, and a checkout that all can read' };

async function start(folder: string, capabilities: string): Promise<Server> {
  const port = await findPort();
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  chmodSync(folder, 0o755);
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; user nobody nogroup; pid ${folder}/nginx.pid; error_log ${logs}/error.log notice; events {}
http { server { listen 127.0.0.1:${port}; access_log ${logs}/a.log; location / { return 200 "hello"; } } }\n`,
  );
  const bound = [`--bounding-set=-all,${capabilities}`, '--inh-caps=-all', '--no-new-privs'];
  const child = spawn('/usr/bin/setpriv', [...bound, PORTICO, 'nginx', '-p', folder, '-c', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Server(child, folder);
}

test(
  'root that may become a user and give files away is enough, also to open logs again and to kill an edge that hangs',
  options,
  async () => {
    const folder = makeFolder();
    await using server = await start(folder, '+chown,+setuid,+setgid');
    const log = (): string => readFileSync(join(folder, 'logs/error.log'), 'latin1');
    await until('the pid file is there', () => existsSync(join(folder, 'nginx.pid')));
    renameSync(join(folder, 'logs/a.log'), join(folder, 'logs/a.log.1'));
    server.signal('SIGUSR1');
    await until('the logs were opened again', () => log().includes('the logs were opened again'));
    assert.ok(existsSync(join(folder, 'logs/a.log')));
    server.signal('SIGHUP');
    await until('it is read again', () => log().includes('SIGHUP'));
    const edge = server.edgePid;
    process.kill(edge, 'SIGSTOP');
    server.signal('SIGTERM');
    await until('the edge is gone', () => !isAlive(edge));
    assert.doesNotMatch(log(), /\[(?:error|alert|emerg|warn)\]/);
  },
);

test('root that may become nobody else says so', options, async () => {
  const folder = makeFolder();
  await using server = await start(folder, '+chown');
  await assert.rejects(server.logged(/never/), /root may not become user 65534 here \(EPERM\)/);
});
