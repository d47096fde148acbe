// Connections beyond the caps are closed without an answer; one that ends makes room for another.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './client.ts';
import type { Server } from './server.ts';
import { serve } from './server.ts';

const APP = `
def application(environ, start):
    start('200 OK', [])
    return [b'']
`;

const isLinux = process.platform === 'linux';

/** Undefined if the connection is refused. */
async function enter(server: Server, from: string): Promise<Client | undefined> {
  const client = await Client.open({ host: '127.0.0.1', port: server.port, localAddress: from });
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  return client.read().then(
    () => client,
    () => undefined,
  );
}

async function enterMany(server: Server, from: string, count: number): Promise<Client[]> {
  const clients: Client[] = [];
  for (let number = 0; number < count; number += 1)
    clients.push((await enter(server, from)) ?? assert.fail(`refused the ${number + 1}th`));
  return clients;
}

for (const threads of ['1', '2']) {
  test(`--max-connections, counted over ${threads} edge threads`, async () => {
    await using server = await serve({ app: APP, args: ['--max-connections', '4', '--edge-threads', threads] });
    const clients = await enterMany(server, '127.0.0.1', 4);
    assert.equal(await enter(server, '127.0.0.1'), undefined);
    assert.equal(await enter(server, '127.0.0.2'), undefined);
    await server.logged(/WARNING .*connections refused: \d+; --max-connections 4 are open/);
    clients.pop()?.close();
    let next: Client | undefined;
    for (let turn = 0; next === undefined && turn < 100; turn += 1) next = await enter(server, '127.0.0.3');
    assert.ok(next !== undefined, 'a connection that ended left no room');
    for (const client of [...clients, next]) client.close();
  });
}

test('--max-connections-per-address leaves other addresses alone', async () => {
  await using server = await serve({ app: APP, args: ['--max-connections-per-address', '2', '--edge-threads', '2'] });
  const clients = [...(await enterMany(server, '127.0.0.1', 2)), ...(await enterMany(server, '127.0.0.2', 2))];
  assert.equal(await enter(server, '127.0.0.1'), undefined);
  assert.equal(await enter(server, '127.0.0.2'), undefined);
  await server.logged(/WARNING .*connections refused: \d+; an address has its --max-connections-per-address 2/);
  clients.push(...(await enterMany(server, '127.0.0.3', 1)));
  for (const client of clients) client.close();
  let left = 100;
  for (let again = await enter(server, '127.0.0.1'); again === undefined; again = await enter(server, '127.0.0.1')) {
    left -= 1;
    assert.ok(left > 0, 'an address is locked out for good');
  }
});

test('connections leave file descriptors for the rest of the work', {
  skip: !isLinux && 'only Linux shows the limit of open files, in /proc/self/limits',
}, async () => {
  await using server = await serve({
    app: APP,
    files: { 'static/a.txt': 'a' },
    args: ['--static', '/static=static'],
    under: ['prlimit', '--nofile=100'],
  });
  const clients = await enterMany(server, '127.0.0.1', 36);
  assert.equal(await enter(server, '127.0.0.1'), undefined);
  await server.logged(/WARNING .*connections refused: 1; 36 are open, .* 100 files .*ulimit -n.*LimitNOFILE=/);
  const [first] = clients;
  first?.send('GET /static/a.txt HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal((await first?.read())?.body, 'a');
  for (const client of clients) client.close();
});
