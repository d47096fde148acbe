// A file that is written to while it is served: as many bytes follow as its Content-Length says, or the connection ends.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Server } from './server.ts';
import { makeFolder, serve } from './server.ts';

const APP = `
def application(environ, start):
    start('404 Not Found', [])
    return []
`;
const SMALL = 'small line\n'.repeat(100);
const LARGE = 'a line of a long log\n'.repeat(50_000);
/** More than the sockets of both sides hold together. */
const HUGE_BYTES = 64 * 1024 * 1024;

/** Appends to files as fast as it can, in a thread of its own. */
const WRITER = `
const { appendFileSync } = require('node:fs');
const { workerData } = require('node:worker_threads');
for (let round = 0; round < 200_000; round += 1) for (const path of workerData) appendFileSync(path, 'x');
`;

let server: Server;
let root: string;
before(async () => {
  const folder = makeFolder();
  root = join(folder, 'files');
  mkdirSync(root);
  server = await serve({ app: APP, folder, args: ['--static', '/files/=files'] });
});
after(() => server[Symbol.asyncDispose]());

test('a file that grows is served with the size it had, whole and in parts, from memory and from disk', async () => {
  const paths = ['small.log', 'large.log'].map((name) => join(root, name));
  writeFileSync(paths[0] ?? '', SMALL);
  writeFileSync(paths[1] ?? '', LARGE);
  const writer = new Worker(WRITER, { eval: true, workerData: paths });
  await once(writer, 'online');
  // Server.ask() reads exactly Content-Length bytes, behind which the connection must end.
  for (let round = 0; round < 10; round += 1) {
    for (const [name, text] of [
      ['small.log', SMALL],
      ['large.log', LARGE],
    ] as const) {
      const whole = await server.ask(`/files/${name}`);
      assert.equal(whole.status, 200);
      assert.ok(whole.body.startsWith(text), name);
      assert.match(whole.body.slice(text.length), /^x*$/);
      const part = await server.ask(`/files/${name}`, { fields: 'Range: bytes=5-9\r\n' });
      assert.deepEqual([part.status, part.body], [206, text.slice(5, 10)]);
    }
  }
  await writer.terminate();
  assert.doesNotMatch(server.log, /ERROR/);
});

test('a file that becomes shorter while it is sent ends the connection', async () => {
  const path = join(root, 'huge.bin');
  writeFileSync(path, '');
  truncateSync(path, HUGE_BYTES);
  using client = await server.connect();
  client.socket.pause();
  client.socket.write('GET /files/huge.bin HTTP/1.1\r\nHost: a\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 300));
  truncateSync(path, 1000);
  let received = 0;
  client.socket.on('data', (bytes: Buffer) => {
    received += bytes.length;
  });
  client.socket.resume();
  await once(client.socket, 'close');
  assert.ok(received < HUGE_BYTES);
  await server.logged(
    /ERROR .*request \S+ GET \/files\/huge\.bin: a file could not be sent: the file is shorter than it was/,
  );
  appendFileSync(path, 'x');
  assert.equal((await server.ask('/files/huge.bin')).status, 200);
});
