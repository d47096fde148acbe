// A client that does not read holds neither the worker nor memory: the response waits in a file, which is gone afterwards.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Client } from './client.ts';
import { memoryMb } from './processes.ts';
import type { Server } from './server.ts';
import { makeFolder, serve } from './server.ts';
import { until, within } from './waiting.ts';

const MB = 1024 * 1024;
const APP = `
import hashlib
BLOCK = bytes(range(256)) * 4096

def application(environ, start):
    if environ['PATH_INFO'] == '/big':
        def blocks():
            start('200 OK', [])
            for _ in range(50):
                yield BLOCK
            print('all given', flush=True)
        return blocks()
    if environ['PATH_INFO'] == '/big-list':
        start('200 OK', [('Content-Length', str(50 * len(BLOCK)))])
        return [BLOCK] * 50
    start('200 OK', [])
    return [b'fine']
`;
const BLOCK = Buffer.alloc(MB, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
const BIG = createHash('sha256');
for (let block = 0; block < 50; block += 1) BIG.update(BLOCK);
const BIG_HASH = BIG.digest('hex');

async function stall(server: Server, path: string): Promise<Client> {
  const client = await server.connect();
  client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  await client.receive(/HTTP\/1\.1 200/);
  client.socket.pause();
  return client;
}

async function readAll(client: Client): Promise<string> {
  client.socket.resume();
  return createHash('sha256')
    .update((await client.read()).bytes)
    .digest('hex');
}

for (const path of ['/big', '/big-list']) {
  test(`${path}: the only worker is free meanwhile, the edge stays small, all arrives, no file is left`, async () => {
    await using server = await serve({ app: APP });
    const before = memoryMb(server.edgePid);
    const clients: Client[] = [];
    for (let count = 0; count < 4; count += 1) clients.push(await stall(server, path));
    if (path === '/big') await server.logged(/(all given[\s\S]*){4}/);
    assert.equal((await within(5000, 'another request', server.ask('/'))).body, 'fine');
    assert.equal(server.spooled.length, 4);
    const grown = memoryMb(server.edgePid) - before;
    // Buffers that were just used count until they are collected; what waits would be 200 MB.
    assert.ok(grown < 120, `the edge has grown by ${grown.toFixed(0)} MB for 200 MB that wait`);
    clients.pop()?.close();
    await until('the file of one that left is gone', () => server.spooled.length === 3);
    for (const client of clients) assert.equal(await readAll(client), BIG_HASH);
    await until('the spool is empty', () => server.spooled.length === 0);
    for (const client of clients) client.close();
  });
}

test('a large static file is read as fast as its reader reads', async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, 'files'));
  const bytes = Buffer.alloc(50 * MB, 'static ');
  writeFileSync(join(folder, 'files/big.bin'), bytes);
  await using server = await serve({ app: APP, folder, args: ['--static', '/static/=files'] });
  const before = memoryMb(server.edgePid);
  const clients: Client[] = [];
  for (let count = 0; count < 8; count += 1) clients.push(await stall(server, '/static/big.bin'));
  assert.equal((await server.ask('/')).body, 'fine');
  assert.equal((await server.ask('/static/big.bin', { fields: 'Range: bytes=0-5\r\n' })).body, 'static');
  const grown = memoryMb(server.edgePid) - before;
  assert.ok(grown < 60, `the edge has grown by ${grown.toFixed(0)} MB`);
  for (const client of clients.splice(2)) client.close();
  const expected = createHash('sha256').update(bytes).digest('hex');
  for (const client of clients) assert.equal(await readAll(client), expected);
  for (const client of clients) client.close();
});
