// HUP while bodies and responses are on their way: the worker that began them finishes them.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Server } from './server.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

function version(number: number): string {
  return `
import asyncio, os
VERSION = b'%d' % ${number}

async def application(scope, receive, send):
    if scope['type'] != 'http':
        raise NotImplementedError
    await send({'type': 'http.response.start', 'status': 200})
    await send({'type': 'http.response.body', 'body': b'[' + VERSION, 'more_body': True})
    if scope['method'] == 'POST':
        more = True
        while more:
            message = await receive()
            more = message['more_body']
            await send({'type': 'http.response.body', 'body': message['body'], 'more_body': True})
    while scope['path'] == '/stream' and not os.path.exists('end-of-stream'):
        await asyncio.sleep(0.01)
    await send({'type': 'http.response.body', 'body': VERSION + b']'})
`;
}

async function reload(server: Server, number: number): Promise<void> {
  const from = server.log.length;
  writeFileSync(join(server.folder, 'app.py'), version(number));
  server.signal('SIGHUP');
  await server.logged(/INFO .*reloaded/, 15_000, from);
  await until('the old version gets nothing more', () => server.workerPids.length > 1);
}

test('a response, and a body both ways, go on through two reloads', async () => {
  await using server = await serve({ app: version(1) });
  using stream = await server.connect();
  stream.send('GET /stream HTTP/1.1\r\nHost: a\r\n\r\n');
  using upload = await server.connect();
  upload.send('POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n');
  await stream.receive(/\[1/);
  await upload.receive(/one/);
  for (const next of [2, 3]) {
    await reload(server, next);
    let body = '';
    for (let turn = 0; turn < 100 && body !== `[${next}${next}]`; turn += 1) ({ body } = await server.ask('/'));
    assert.equal(body, `[${next}${next}]`);
    upload.send(`3\r\n-${next}-\r\n`);
    await upload.receive(new RegExp(`-${next}-`));
  }
  upload.send('0\r\n\r\n');
  assert.equal((await upload.read()).body, '[1one-2--3-1]');
  writeFileSync(join(server.folder, 'end-of-stream'), '');
  assert.equal((await stream.read()).body, '[11]');
  for (const client of [upload, stream]) {
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.equal((await client.read()).body, '[33]');
  }
  await until('the old workers are gone', () => server.workerPids.length === 1);
  assert.doesNotMatch(server.log, /ERROR|Traceback/);
});

test('after --drain-timeout a response that still streams does not keep the old worker', async () => {
  await using server = await serve({ app: version(1), args: ['--drain-timeout', '1s', '--graceful-timeout', '1s'] });
  using stream = await server.connect();
  stream.send('GET /stream HTTP/1.1\r\nHost: a\r\n\r\n');
  await stream.receive(/\[1/);
  const [worker] = server.workerPids;
  await reload(server, 2);
  await until('the old worker is gone', () => server.workerPids.every((pid) => pid !== worker));
  await assert.rejects(stream.read(), 'a part must not pass for the whole');
  assert.equal((await server.ask('/')).body, '[22]');
});
