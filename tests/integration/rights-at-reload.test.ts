// A server that root has started for a user has root's rights at a reload too: it binds low ports, reads and opens what is root's, and gives the user the logs.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.ts';
import { findPort } from './free-port.ts';
import { canActForUser } from './of-root.ts';
import { descendants } from './processes.ts';
import { makeFolder, PORTICO, Server } from './server.ts';
import { until } from './waiting.ts';

const options = { skip: canActForUser ? false : 'needs root, and a checkout that all can read' };
const NOBODY = 65_534;

/** Below 1024, where only root binds. The kernel is asked by trying. */
async function findLowPort(): Promise<number> {
  const { createServer } = await import('node:net');
  for (let port = 1023; port > 512; port -= 1) {
    const server = createServer();
    const isFree = await new Promise<boolean>((done) => {
      server.once('error', () => done(false)).listen(port, '127.0.0.1', () => server.close(() => done(true)));
    });
    if (isFree) {
      return port;
    }
  }
  throw new Error('no port below 1024 is free');
}

async function ask(port: number): Promise<string> {
  using client = await Client.open(port);
  client.send('GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  return (await client.read('GET')).body;
}

test('HUP binds a low port and makes logs in a folder of root, and USR1 makes them anew', options, async () => {
  const folder = makeFolder();
  const logs = join(folder, 'logs');
  // The user has no way to its logs.
  mkdirSync(logs, { mode: 0o700 });
  chmodSync(folder, 0o755);
  const [port, low] = [await findPort(), await findLowPort()];
  const file = join(folder, 'nginx.conf');
  const write = (reply: string, listen: number, log: string): void => {
    const head = `daemon off; user nobody nogroup; pid ${folder}/nginx.pid; error_log stderr notice; events {}`;
    const site = `listen 127.0.0.1:${listen}; access_log ${logs}/${log}.log; error_log ${logs}/${log}.err;`;
    writeFileSync(file, `${head}\nhttp { server { ${site} location / { return 200 "${reply}"; } } }\n`);
    // No secret of the configuration is for the user.
    chmodSync(file, 0o600);
  };
  write('one', port, 'one');
  const child = spawn(PORTICO, ['nginx', '-p', folder, '-c', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  await using server = new Server(child, folder);
  // Who waits for the file finds a server that answers.
  await until('the pid file is there', () => existsSync(join(folder, 'nginx.pid')));
  assert.equal(await ask(port), 'one');
  assert.equal(readFileSync(join(folder, 'nginx.pid'), 'utf8'), `${server.pid}\n`);
  assert.equal(statSync(join(folder, 'nginx.pid')).uid, 0);

  write('two', low, 'two');
  server.signal('SIGHUP');
  await server.logged(/the new configuration is served/);
  assert.equal(await ask(low), 'two');
  for (const name of ['two.log', 'two.err']) {
    assert.equal(statSync(join(logs, name)).uid, NOBODY, name);
  }
  for (const { pid } of descendants(server.pid)) {
    assert.doesNotMatch(readFileSync(`/proc/${pid}/status`, 'latin1'), /^[UG]id:.*\t0\b/m);
  }

  // As logrotate with `nocreate` does.
  renameSync(join(logs, 'two.log'), join(logs, 'two.log.1'));
  server.signal('SIGUSR1');
  await server.logged(/the logs were opened again/);
  assert.equal(await ask(low), 'two');
  await until('the new file is written', () => /GET \/a/.test(readFileSync(join(logs, 'two.log'), 'latin1')));
  assert.equal(statSync(join(logs, 'two.log')).uid, NOBODY);
  assert.doesNotMatch(server.log, /\[(?:error|alert|emerg|warn)\]/);

  // The next edge has them too, and holds none that is moved away.
  process.kill(server.edgePid, 'SIGKILL');
  await server.logged(/the edge process was killed/);
  assert.equal(await ask(low), 'two');
  const written = () => readFileSync(join(logs, 'two.log'), 'latin1').match(/GET \/a/g)?.length;
  await until('the next edge writes on', () => written() === 2);
  const held = readdirSync(`/proc/${server.edgePid}/fd`).map((fd) => linkOf(`/proc/${server.edgePid}/fd/${fd}`));
  assert.deepEqual(held.filter((path) => path.startsWith(logs)).toSorted(), [
    join(logs, 'two.err'),
    join(logs, 'two.log'),
  ]);
});

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

test('another user is for the next start, and that is said', options, async () => {
  const folder = makeFolder();
  chmodSync(folder, 0o755);
  const port = await findPort();
  const file = join(folder, 'portico.toml');
  const write = (user: string, reply: string): void =>
    writeFileSync(
      file,
      `[server]\nuser = "${user}"\n[[site]]\nlisten = "127.0.0.1:${port}"\n[site.location."/"]\nreply = "${reply}"\n`,
    );
  write('nobody', 'one');
  const child = spawn(PORTICO, ['run', file], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  await using server = new Server(child, folder);
  await server.logged(/is ready \(/);
  write('daemon', 'two');
  server.signal('SIGHUP');
  await server.logged(/WARNING portico: the user and the group are changed by the next start: they stay as they are/);
  await server.logged(/the new configuration is served/);
  assert.equal(await ask(port), 'two');
  assert.match(readFileSync(`/proc/${server.edgePid}/status`, 'latin1'), /^Uid:\t65534\t/m);
});
