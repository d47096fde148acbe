// kill -9 on the edge: the applications hear that their clients are gone, and the same workers serve through the next edge.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { WebSocketClient } from '../conformance/websocket-client.ts';
import { serve } from './server.ts';
import { until, within } from './waiting.ts';

const APP = `
import os

def note(text):
    with open('notes', 'a') as notes:
        print(text, file=notes)

async def application(scope, receive, send):
    if scope['type'] == 'lifespan':
        raise NotImplementedError
    if scope['type'] == 'websocket':
        await receive()
        await send({'type': 'websocket.accept'})
        while (message := await receive())['type'] == 'websocket.receive':
            await send({'type': 'websocket.send', 'text': '%s %d' % (message['text'], os.getpid())})
        note('websocket %d' % message['code'])
        return
    await receive()
    if scope['path'] == '/wait':
        note('begun')
        note((await receive())['type'])
    await send({'type': 'http.response.start', 'status': 200})
    await send({'type': 'http.response.body', 'body': b'%d' % os.getpid()})
`;

for (const edgeThreads of ['1', '2']) {
  test(`the same workers serve through the next edge, of ${edgeThreads} threads`, async () => {
    await using server = await serve({ app: APP, args: ['--workers', '2', '--edge-threads', edgeThreads] });
    const before = server.workerPids;
    const sockets = await Promise.all(Array.from({ length: 10 }, () => WebSocketClient.open(server.port)));
    const waiting = await Promise.all(Array.from({ length: 10 }, () => server.connect()));
    for (const client of waiting) client.send('GET /wait HTTP/1.1\r\nHost: a\r\n\r\n');
    for (const socket of sockets) socket.text('hello');
    for (const socket of sockets) assert.match(await socket.told(), /^text hello \d+$/);
    const notes = (what: RegExp): number => readFileSync(join(server.folder, 'notes'), 'utf8').match(what)?.length ?? 0;
    await until('all requests have begun', () => existsSync(join(server.folder, 'notes')) && notes(/^begun$/gm) === 10);
    const from = server.log.length;
    process.kill(server.edgePid, 'SIGKILL');
    await server.logged(/the edge process .*SIGKILL/, 5000, from);
    for (const socket of sockets) assert.equal(await socket.told(), 'lost');
    const answer = await within(10_000, 'an answer of the next edge', server.ask('/'));
    assert.equal(answer.status, 200);
    await until('all requests have heard of it', () => notes(/^http\.disconnect$/gm) === 10);
    await until('all WebSockets have heard of it', () => notes(/^websocket 1006$/gm) === 10);
    assert.deepEqual(server.workerPids, before);
    const next = await Promise.all(Array.from({ length: 10 }, () => WebSocketClient.open(server.port)));
    const pids = new Set<string>();
    for (const socket of next) {
      socket.text('again');
      pids.add(await socket.told());
    }
    assert.equal(pids.size, 2, 'both workers have dialled the next edge');
    assert.doesNotMatch(server.log, /Traceback/);
    for (const client of [...sockets, ...waiting, ...next]) client[Symbol.dispose]();
  });
}
