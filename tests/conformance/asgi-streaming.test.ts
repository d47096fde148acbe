// Bodies and responses that are on their way at the same time, clients that leave, and who is told of it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Server } from '../integration/server.ts';
import { noted, notedExactly, openGate, serveAsgi } from './asgi-site.ts';

const MIB = 1024 * 1024;

let server: Server;
before(async () => {
  server = await serveAsgi('--max-body', '64M');
});
after(() => server[Symbol.asyncDispose]());

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const post = (target: string, fields: string): string => `POST /${target} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;

test('a body streams both ways: each part is answered before the next is sent', async () => {
  using client = await server.connect();
  client.send(post('echo', CHUNKED));
  for (const part of ['one', 'two', 'three']) {
    client.send(chunk(part));
    await client.receive(new RegExp(`\r\n${part}\r\n$`));
  }
  client.send('0\r\n\r\n');
  assert.equal((await client.read()).body, 'onetwothree');
  client.send(`${post('echo', 'Content-Length: 4\r\n')}body${post('hello', 'Connection: close\r\n')}`);
  assert.equal((await client.read()).body, 'body');
  assert.equal((await client.read()).body, 'hello');
});

test('large bodies stream both ways whole, chunked or not, with requests behind them', async () => {
  const body = Buffer.alloc(20 * MIB, 'a body that repeats, ');
  for (const fields of [`Content-Length: ${body.length}\r\n`, CHUNKED]) {
    using client = await server.connect();
    client.send(post('echo', fields));
    if (fields === CHUNKED) client.send(`${body.length.toString(16)}\r\n`);
    client.send(body);
    client.send(`${fields === CHUNKED ? '\r\n0\r\n\r\n' : ''}GET /hello HTTP/1.1\r\nHost: a\r\n\r\n`);
    assert.ok((await client.read()).bytes.equals(body));
    assert.equal((await client.read()).body, 'hello');
  }
});

test('the first part of a response is there while the second is not', async () => {
  using client = await server.connect();
  client.send('GET /gated?g1 HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.receive(/one\r\n$/);
  await openGate(server, 'g1');
  assert.equal((await client.read()).body, 'onetwo');
  assert.equal((await client.read()).body, 'hello');
});

test('100 (Continue) comes when the application asks for the body, and not if it never does', async () => {
  using client = await server.connect();
  const expect = 'Expect: 100-continue\r\nContent-Length: 4\r\n';
  client.send(post('reads_late?e1', expect));
  await delay(100);
  assert.equal(client.received, '');
  await openGate(server, 'e1');
  assert.equal((await client.readOne()).status, 100);
  client.send('body');
  assert.equal((await client.readOne()).body, '4');
  client.send(post('refuses_upload', expect));
  const refusal = await client.readOne();
  assert.deepEqual([refusal.status, refusal.isKept], [403, false]);
  assert.equal(await client.ended(), 'end');
});

test('100 (Continue) does not come into a response that has begun', async () => {
  using client = await server.connect();
  client.send(post('begins_then_reads', 'Expect: 100-continue\r\nContent-Length: 4\r\n'));
  await client.receive(/one\r\n/);
  client.send('body');
  const answer = await client.readOne();
  assert.deepEqual([answer.status, answer.body], [200, 'onebody']);
});

test('an answer before the body is whole reaches the client, which is still sending', async () => {
  using client = await server.connect();
  client.send(post('refuses_upload', `Content-Length: ${8 * MIB}\r\n`));
  client.send(Buffer.alloc(8 * MIB - 1));
  const answer = await client.read();
  assert.deepEqual([answer.status, answer.body, answer.isKept], [403, 'no', false]);
});

test('a body that nobody reads is not taken from the client beyond a few buffers', async () => {
  using client = await server.connect();
  client.send(post('reads_late?b1', `Content-Length: ${48 * MIB}\r\n`));
  client.send(Buffer.alloc(48 * MIB));
  await delay(500);
  const { socket } = client;
  const taken = 48 * MIB - socket.writableLength;
  assert.ok(socket.writableLength > 0 && taken < 16 * MIB, `${taken} bytes were taken`);
  await openGate(server, 'b1');
  assert.equal((await client.read()).body, String(48 * MIB));
});

test('a chunked body that is longer than allowed: 413, and the application hears that the client has gone', async () => {
  await using small = await serveAsgi('--max-body', '1000');
  using client = await small.connect();
  client.send(`${post('count?long', CHUNKED)}${chunk('x'.repeat(900))}`);
  await delay(50);
  client.send(chunk('x'.repeat(900)));
  const answer = await client.read();
  assert.deepEqual([answer.status, answer.isKept], [413, false]);
  await notedExactly(small, 'long', ['disconnect']);
  using declared = await small.connect();
  declared.send(post('count?long2', 'Content-Length: 1001\r\n'));
  assert.equal((await declared.read()).status, 413);
});

test('a body that breaks its framing: 400, and the application hears of a disconnect, never of an end', async () => {
  using client = await server.connect();
  client.send(`${post('count?broken', CHUNKED)}${chunk('good')}`);
  await delay(50);
  client.send('xyz\r\n');
  assert.equal((await client.read()).status, 400);
  await notedExactly(server, 'broken', ['disconnect']);
});

for (const how of ['end', 'reset'] as const) {
  test(`a client that leaves by ${how}: receive() says so, and nothing is logged`, async () => {
    const key = `left-${how}`;
    const from = server.log.length;
    const client = await server.connect();
    client.send(`GET /waits_for_disconnect?${key} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await notedExactly(server, key, ['http.request', 'waiting']);
    if (how === 'end') client.close();
    else client.socket.resetAndDestroy();
    // One that has closed its sending side could still read: what is sent to it is taken.
    const sends = how === 'end' ? ['sent', 'sent'] : ['OSError'];
    await notedExactly(server, key, ['http.request', 'waiting', 'http.disconnect', 'http.disconnect', ...sends]);
    assert.doesNotMatch(server.log.slice(from), /Traceback|ERROR/);
  });

  test(`a client that leaves in its upload by ${how}: a disconnect, never a short body`, async () => {
    const key = `cut-${how}`;
    const client = await server.connect();
    client.send(`${post(`count?${key}`, 'Content-Length: 100\r\n')}part`);
    await delay(50);
    if (how === 'end') client.close();
    else client.socket.resetAndDestroy();
    await notedExactly(server, key, ['disconnect']);
  });
}

test('an application that sends for ever waits for a slow client, and is stopped when it leaves', async () => {
  const client = await server.connect();
  client.socket.pause();
  client.send('GET /sends_for_ever?flood HTTP/1.1\r\nHost: a\r\n\r\n');
  await delay(500);
  const [sent] = await noted(server, 'flood', ([first]) => typeof first === 'number');
  assert.ok(Number(sent) * 65_536 < 16 * MIB, `${String(sent)} blocks were sent`);
  client.socket.resetAndDestroy();
  await noted(server, 'flood', ([, second]) => second === 'OSError');
});

test('after its response the application hears of a disconnect, for ever', async () => {
  using client = await server.connect();
  client.send('GET /answers_then_listens?after HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal((await client.read()).body, 'answered');
  await notedExactly(server, 'after', ['http.disconnect', 'http.disconnect']);
  client.send('GET /hello HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal((await client.read()).body, 'hello');
});

test('the application may go on behind its response, and the connection with the next request', async () => {
  using client = await server.connect();
  client.send('GET /goes_on?on HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal((await client.read()).body, 'answered');
  assert.equal((await client.read()).body, 'hello');
  await openGate(server, 'on');
  await notedExactly(server, 'on', ['went on']);
});

test('tasks of the application send and receive side by side', async () => {
  using client = await server.connect();
  client.send('GET /leaves_task?task HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.receive(/one\r\n$/);
  await openGate(server, 'task');
  assert.equal((await client.read()).body, 'onetwo');
  client.send(`${post('two_receive?two', 'Content-Length: 4\r\n')}body`);
  assert.equal((await client.read()).body, 'body');
  await notedExactly(server, 'two', ['http.disconnect']);
  client.send(post('cancels_receive?given-up', CHUNKED));
  await notedExactly(server, 'given-up', ['timeout', 'timeout', 'timeout']);
  client.send(`${chunk('body')}0\r\n\r\n`);
  assert.equal((await client.read()).body, 'body');
});

test('a client that closes its sending side alone: the application is told, and what it sends still comes', async () => {
  const client = await server.connect();
  client.socket.allowHalfOpen = true;
  client.send('GET /hears_half_close?half HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.receive(/one\r\n$/);
  client.socket.end();
  await notedExactly(server, 'half', ['http.disconnect']);
  const answer = await client.read();
  assert.deepEqual([answer.body, answer.isKept], ['onetwo', true]);
  client.close();
});

test('a hundred requests wait side by side in one worker', async () => {
  const clients = await Promise.all(Array.from({ length: 100 }, () => server.connect()));
  for (const client of clients) client.send('GET /gated?crowd HTTP/1.1\r\nHost: a\r\n\r\n');
  await Promise.all(clients.map((client) => client.receive(/one\r\n$/)));
  await openGate(server, 'crowd');
  for (const client of clients) {
    assert.equal((await client.read()).body, 'onetwo');
    client.close();
  }
});
