// A worker with an event loop that dies behind its last send(): the client has the whole answer, and keeps its connection.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from './server.ts';
import { until } from './waiting.ts';

const APP = `
import asyncio, os, signal

async def application(scope, receive, send):
    if scope['type'] != 'http':
        raise NotImplementedError
    path, _, size = scope['path'][1:].partition('-')
    body = b'x' * int(size or 0)
    fields = [] if path == 'chunked' else [(b'content-length', b'%d' % len(body))]
    await send({'type': 'http.response.start', 'status': 200, 'headers': fields})
    if path == 'whole':
        await send({'type': 'http.response.body', 'body': body})
    else:
        for at in range(0, len(body), 50_000):
            await send({'type': 'http.response.body', 'body': body[at:at + 50_000], 'more_body': True})
    if path == 'chunked':
        await send({'type': 'http.response.body'})
    await asyncio.sleep(0.01)  # What one turn of the event loop sends leaves together.
    if size:
        os.kill(os.getpid(), signal.SIGKILL)
    await send({'type': 'http.response.body'})
`;

for (const [path, kind] of [
  ['/whole-3', 'in one message'],
  ['/whole-3000000', 'in one message that the lane has no room for'],
  ['/pieces-3', 'in a piece'],
  ['/pieces-3000000', 'in pieces'],
  ['/chunked-3000000', 'without a length'],
] as const) {
  test(`an answer ${kind} is whole when its worker is killed behind it`, async () => {
    await using server = await serve({ app: APP });
    using client = await server.connect();
    const [worker = 0] = server.workerPids;
    client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const { status, bytes, isKept } = await client.read();
    assert.deepEqual([status, bytes.length, isKept], [200, Number(path.split('-')[1]), true]);
    await until('the worker is replaced', () => !server.workerPids.includes(worker) && server.workerPids.length === 1);
    client.send('GET /none HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.equal((await client.read()).status, 200);
    assert.doesNotMatch(server.log, /was lost with worker/);
  });
}
