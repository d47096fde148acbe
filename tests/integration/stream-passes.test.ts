// Connections of a stream are passed on as they are, both ways, and end as those of nginx do.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPort } from './free-port.ts';
import { dial, echo, listenTo, readToEnd, runStream } from './stream-server.ts';

test('bytes go both ways, whoever is slow, and the end of one side is that of the other when all has arrived', async () => {
  const total = 24 * 1024 * 1024;
  const sent = Buffer.alloc(total, 'a stream of bytes, ');
  await using backend = await listenTo((socket) => {
    // Nothing is read at first: what has been sent must wait, and nothing of it may be lost.
    socket.pause();
    setTimeout(() => echo(socket), 300);
  });
  await using server = await runStream(`proxy_pass 127.0.0.1:${backend.port};`);
  const client = await dial(server.port);
  let received = 0;
  let isRight = true;
  client.on('data', (chunk: Buffer) => {
    isRight &&= chunk.equals(sent.subarray(received, received + chunk.length));
    received += chunk.length;
    if (received === total) client.end();
  });
  client.write(sent);
  await once(client, 'end');
  assert.equal(received, total);
  assert.ok(isRight);
  const [, counts] = await server.log.logged(/(?:client|upstream) disconnected, (bytes .*)/);
  assert.equal(counts, `bytes from/to client:${total}/${total}, bytes from/to upstream:${total}/${total}`);
  client.destroy();
});

test('a server that cannot be reached ends the connection, and the log has its address', async () => {
  const nobody = await findPort();
  await using server = await runStream(`proxy_pass 127.0.0.1:${nobody};`);
  assert.equal((await readToEnd(await dial(server.port))).bytes.length, 0);
  const [line] = await server.log.logged(/connect\(\) failed.*/);
  assert.equal(
    line,
    `connect() failed (111: Connection refused) while connecting to upstream, client: 127.0.0.1, server: 127.0.0.1:${server.port}, upstream: "127.0.0.1:${nobody}", bytes from/to client:0/0, bytes from/to upstream:0/0`,
  );
});

test('a side that has ended is told what the other still says where each direction is closed for itself', async () => {
  await using backend = await listenTo((socket) => {
    socket.on('end', () => socket.end('and goodbye')).resume();
  });
  await using server = await runStream(`proxy_half_close on; proxy_pass 127.0.0.1:${backend.port};`);
  const client = await dial(server.port);
  client.end('hello');
  assert.equal(String((await readToEnd(client)).bytes), 'and goodbye');
});

test('a client whose address is denied is not passed on', async () => {
  await using backend = await listenTo(echo);
  await using server = await runStream(`deny 127.0.0.0/8; proxy_pass 127.0.0.1:${backend.port};`);
  const client = await dial(server.port);
  client.write('x');
  await readToEnd(client);
  await server.log.logged(
    /access forbidden by rule while initializing session, client: 127\.0\.0\.1, server: 127\.0\.0\.1:\d+$/m,
  );
  assert.equal(backend.sockets.length, 0);
});

test('a connection that is silent is ended after its time', async () => {
  await using backend = await listenTo(echo);
  await using server = await runStream(`proxy_timeout 200ms; proxy_pass 127.0.0.1:${backend.port};`);
  assert.equal((await readToEnd(await dial(server.port))).how, 'end');
  await server.log.logged(/connection timed out \(110: Connection timed out\) while proxying connection, client/);
});

test('a connection outlives a reload in the plan that it began in, and new ones go by the new one', async () => {
  await using one = await listenTo(echo);
  await using other = await listenTo(echo);
  await using server = await runStream(`proxy_pass 127.0.0.1:${one.port};`);
  const first = await dial(server.port);
  first.write('1');
  await once(first, 'data');
  const from = server.log.log.length;
  const file = join(server.log.folder, 'nginx.conf');
  const http = 'events {} error_log stderr info; daemon off; pid nginx.pid;';
  writeFileSync(
    file,
    `${http} stream { server { listen 127.0.0.1:${server.port}; proxy_pass 127.0.0.1:${other.port}; } }`,
  );
  server.log.signal('SIGHUP');
  await server.log.logged(/reconfigured|new configuration/, undefined, from);
  const second = await dial(server.port);
  second.write('2');
  await once(second, 'data');
  first.write('3');
  await once(first, 'data');
  assert.deepEqual([one.sockets.length, other.sockets.length], [1, 1]);
  first.destroy();
  second.destroy();
});
