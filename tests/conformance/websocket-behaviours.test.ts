// Every behaviour of an application with a WebSocket, good or bad, and what the client sees of it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Server } from '../integration/server.ts';
import { noted, notedExactly, openGate, serveAsgi } from './asgi-site.ts';
import { Refused, WebSocketClient } from './websocket-client.ts';

const MIB = 1024 * 1024;

let server: Server;
before(async () => {
  server = await serveAsgi('--ws-max-size', '4M');
});
after(() => server[Symbol.asyncDispose]());

const open = async (target: string, fields = ''): Promise<WebSocketClient> =>
  WebSocketClient.open(server.port, `/${target}`, fields);

async function refused(target: string, fields = ''): Promise<Refused> {
  const error: unknown = await open(target, fields).catch((reason: unknown) => reason);
  assert.ok(error instanceof Refused, `${target} was accepted`);
  return error;
}

for (const [name, status] of [
  ['ws_refuses', 403],
  ['ws_denies', 401],
  ['ws_raises', 500],
  ['ws_returns', 500],
  ['ws_sends_first', 500],
  ['no_such_behaviour', 500],
  ['ws_chooses?not-offered', 500],
] as const) {
  test(`${name}: the handshake is answered ${status}, and the connection serves on`, async () => {
    assert.equal((await refused(`${name}${name.includes('?') ? '' : '?refused'}`)).status, status);
    using client = await server.connect();
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
    const key = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
    client.send(`GET /${name} HTTP/1.1\r\nHost: a\r\n${upgrade}${key}\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n`);
    const answer = await client.read();
    assert.deepEqual([answer.status, answer.isKept], [status, true]);
    if (status === 401) {
      assert.deepEqual([answer.body, answer.fields.get('www-authenticate')], ['who are you?', 'Basic']);
    }
    assert.equal((await client.read()).body, 'hello');
  });
}

test('an application that refuses hears 1006', async () => {
  await refused('ws_refuses?seen');
  await notedExactly(server, 'seen', [1006]);
});

test('a denial that breaks off breaks the connection off', async () => {
  const from = server.log.length;
  await assert.rejects(
    open('ws_denies_in_part').then(
      () => undefined,
      async (error: unknown) => {
        // Its head may have come whole.
        assert.match(String(error), /refused: HTTP\/1.1 401|closed in the handshake/);
        throw error;
      },
    ),
  );
  await server.logged(/ws_denies_in_part: /, 5000, from);
});

for (const [name, ...frames] of [
  ['ws_accepts_unasked?unasked', 'text first'],
  ['ws_closes?1000', 'text last', 'close 1000 because'],
  ['ws_closes?3000', 'text last', 'close 3000 because'],
  ['ws_closes?4999', 'text last', 'close 4999 because'],
  ['ws_closes?1014', 'text last', 'close 1014 because'],
  ['ws_closes?1005', 'text last', 'close 1011'],
  ['ws_closes?999', 'text last', 'close 1011'],
  ['ws_closes?5000', 'text last', 'close 1011'],
  ['ws_ends', 'close 1000'],
  ['ws_fails', 'binary last', 'close 1011'],
  ['ws_sends_both', 'close 1011'],
  ['ws_accepts_twice', 'close 1011'],
  ['ws_denies_late', 'close 1011'],
  ['ws_sends_after_close?late', 'close 4001'],
] as const) {
  test(`${name}: ${frames.join(', ')}`, async () => {
    using client = await open(name);
    for (const frame of frames) assert.equal(await client.told(), frame);
    if (name.startsWith('ws_accepts_unasked')) client.close(1000);
    else assert.equal(await client.told(), 'lost');
  });
}

test('after its close an application cannot send, and hears of the end', async () => {
  await notedExactly(server, 'late', ['refused', 'websocket.disconnect']);
});

test('the subprotocol and the fields of the application come, those of the connection do not', async () => {
  using client = await open('ws_chooses?b', 'Sec-WebSocket-Protocol: a, b\r\n');
  assert.match(client.head, /\r\nSec-WebSocket-Protocol: b(\r\n|$)/);
  assert.match(client.head, /\r\nx-kind: 1(\r\n|$)/);
  assert.deepEqual(client.head.match(/^connection: .*$/gim), ['Connection: Upgrade']);
  using none = await open('ws_chooses', 'Sec-WebSocket-Protocol: a, b\r\n');
  assert.doesNotMatch(none.head, /Sec-WebSocket-Protocol/i);
});

/** What the client does at the end, what the application hears, what the client gets. */
const ENDS: readonly (readonly [string, (client: WebSocketClient) => void, readonly unknown[], string])[] = [
  ['close 1000', (client) => client.close(1000, 'bye'), [[1000, 'bye']], 'close 1000'],
  ['close 4321', (client) => client.close(4321), [[4321, '']], 'close 4321'],
  ['a close without a code', (client) => client.close(), [[1005, '']], 'close 1005'],
  ['an end without a close', (client) => client.socket.end(), [[1006, '']], 'lost'],
  ['a reset', (client) => client.socket.resetAndDestroy(), [[1006, '']], 'lost'],
  ['an unmasked frame', (client) => client.socket.write(Buffer.of(0x81, 0)), [[1002, '']], 'close 1002'],
  ['a bad close code', (client) => client.close(1006), [[1002, '']], 'close 1002'],
  ['text that is not UTF-8', (client) => client.send(1, Buffer.of(0xc0, 0x80)), [[1007, '']], 'close 1007'],
  ['a message that is too big', (client) => client.send(2, Buffer.alloc(4 * MIB + 1)), [[1009, '']], 'close 1009'],
];

for (const [index, [name, end, [heard], told]] of ENDS.entries()) {
  test(`${name}: the application hears its code, the client gets ${told}`, async () => {
    const [code] = heard as readonly [number, string];
    using client = await open(`ws_echo?end-${index}`);
    client.text('hello');
    assert.equal(await client.told(), 'text hello');
    client.answers = false;
    end(client);
    assert.equal((await client.told()).split(' ').slice(0, 2).join(' '), told);
    await noted(server, `end-${index}`, ([first]) => Array.isArray(first) && first[0] === code);
  });
}

test('messages of every size that a header has come back as they were', async () => {
  using client = await open('ws_echo');
  for (const size of [0, 1, 125, 126, 65_535, 65_536, 262_143, 262_144, 262_145, 786_432, MIB, 4 * MIB]) {
    const data = Buffer.alloc(size, 'some bytes that repeat; ');
    client.send(2, data);
    const echo = await client.next();
    assert.equal(echo.kind, 'binary');
    assert.ok(echo.data.equals(data), `${size} bytes`);
  }
  client.send(1, 'ein ', { isFinal: false });
  client.send(9, 'ping');
  client.send(0, 'geteilter ', { isFinal: false });
  client.send(0, 'Gruß');
  assert.deepEqual([await client.told(), await client.told()], ['pong ping', 'text ein geteilter Gruß']);
});

test('a thousand messages in one write come back in their order', async () => {
  using client = await open('ws_echo');
  client.socket.cork();
  for (let index = 0; index < 1000; index += 1) client.text(`${index}`);
  client.socket.uncork();
  for (let index = 0; index < 1000; index += 1) assert.equal(await client.told(), `text ${index}`);
});

test('messages sent with the handshake are not lost', async () => {
  const client = await server.connect();
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
  const frame = Buffer.of(0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69);
  const head = `GET /ws_echo HTTP/1.1\r\nHost: a\r\n${upgrade}Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;
  client.send(Buffer.concat([Buffer.from(head), frame]));
  await client.receive(/\r\n\r\n[^ -~]{2}hi$/);
  client.close();
});

test('both directions go on side by side', async () => {
  using client = await open('ws_reads_and_sends?300');
  const got = { ticks: 0, echoes: 0 };
  for (let index = 0; index < 300; index += 1) client.text(`echo ${index}`);
  while (got.ticks < 301 || got.echoes < 300) {
    const text = await client.told();
    if (text.startsWith('text echo')) {
      assert.equal(text, `text echo ${got.echoes}`);
      got.echoes += 1;
    } else {
      assert.equal(text, got.ticks === 300 ? 'text no more ticks' : `text tick ${got.ticks}`);
      got.ticks += 1;
    }
  }
});

test('a client is not read from while the application does not receive, and nothing is lost', async () => {
  using client = await open('ws_reads_late?ws-late');
  const message = Buffer.alloc(100_000, 'x');
  for (let index = 0; index < 300; index += 1) client.send(2, message);
  await delay(500);
  const waiting = client.socket.writableLength;
  assert.ok(waiting > 10 * MIB, `${waiting} bytes wait`);
  await openGate(server, 'ws-late');
  for (let index = 0; index < 300; index += 1) assert.equal(await client.told(), 'text 100000');
  client.close(1000);
  await notedExactly(server, 'ws-late', [1000]);
});

test('an application waits for a client that does not read, and is stopped when it leaves', async () => {
  const client = await open('ws_sends_for_ever?ws-flood');
  client.socket.pause();
  await delay(500);
  const [sent] = await noted(server, 'ws-flood', ([first]) => typeof first === 'number');
  assert.ok(Number(sent) * 65_536 < 16 * MIB, `${String(sent)} messages were sent`);
  client.socket.resetAndDestroy();
  await noted(server, 'ws-flood', ([, second]) => second === 'OSError');
});

test('Node as an independent client: compressed messages both ways, and its close', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws_echo?node`);
  socket.binaryType = 'arraybuffer';
  const event = async (name: 'open' | 'message' | 'close'): Promise<{ data?: unknown; code?: number }> =>
    new Promise((resolve) => {
      socket.addEventListener(name, (told) => resolve(told as { data?: unknown; code?: number }), { once: true });
    });
  await event('open');
  for (const size of [0, 10, 1000, 100_000, 3_000_000]) {
    const text = 'Ein Satz, der wiederkehrt. '.repeat(size / 25 + 1).slice(0, size);
    socket.send(text);
    assert.equal((await event('message')).data, text);
    socket.send(Buffer.from(text));
    assert.equal(Buffer.from((await event('message')).data as ArrayBuffer).toString(), text);
  }
  socket.close(4002, 'enough');
  assert.equal((await event('close')).code, 4002);
  await notedExactly(server, 'node', [[4002, 'enough']]);
});
