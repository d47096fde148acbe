// Where a server listens: several addresses at once, IPv6, and a Unix socket that goes with the server.

import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.ts';
import { launch, serve } from './server.ts';

const APP = `
def application(environ, start):
    start('200 OK', [])
    return [' '.join([environ['SERVER_NAME'], environ['SERVER_PORT'], environ['REMOTE_ADDR']]).encode()]
`;
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

test('two ports and a Unix socket serve the same site', async () => {
  await using server = await serve({
    app: APP,
    args: ['--bind', '127.0.0.1:0', '--bind', '127.0.0.2:0', '--bind', 'unix:site.sock'],
  });
  const ports = [...server.log.matchAll(/http:\/\/(\S+):(\d+)/g)].map(([, host = '', port]) => ({
    host,
    port: Number(port),
  }));
  assert.deepEqual(
    ports.map(({ host }) => host),
    ['127.0.0.1', '127.0.0.2'],
  );
  for (const { host, port } of ports) {
    using client = await Client.open({ host, port });
    client.send(GET);
    assert.equal((await client.read()).body, `${host} ${port} 127.0.0.1`);
  }
  const path = join(server.folder, 'site.sock');
  assert.equal(statSync(path).mode & 0o777, 0o666);
  using client = await Client.open({ path });
  client.send(GET);
  assert.equal((await client.read()).status, 200);
  server.signal('SIGTERM');
  assert.equal(await server.exit, 0);
  assert.equal(existsSync(path), false);
});

test('IPv6', { skip: hasIpv6 ? false : 'this machine has no ::1' }, async () => {
  await using server = await serve({ app: APP, args: ['--bind', '[::1]:0'] });
  const [, port = ''] = await server.logged(/http:\/\/\[::1\]:(\d+)/);
  using client = await Client.open({ host: '::1', port: Number(port) });
  client.send(GET);
  assert.equal((await client.read()).body, `::1 ${port} ::1`);
});

test('a socket that a killed server has left is taken over; a living one is not', async () => {
  await using first = await serve({ app: APP, args: ['--bind', 'unix:site.sock'] });
  await using second = launch({ app: APP, folder: first.folder, args: ['--bind', 'unix:site.sock'] });
  assert.equal(await second.exit, 1);
  assert.match(second.log, /^portico: unix:site\.sock is in use.*\.\n$/);
  first.signal('SIGKILL');
  await first.exit;
  await using third = await serve({ app: APP, folder: first.folder, args: ['--bind', 'unix:site.sock'] });
  using client = await Client.open({ path: join(third.folder, 'site.sock') });
  client.send(GET);
  assert.equal((await client.read()).status, 200);
});
