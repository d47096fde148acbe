// FastAPI as its users use it, on uvloop: see examples/fastapi.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Server } from '../integration/server.ts';
import { within } from '../integration/waiting.ts';
import { json, postJson, serveExample, stopExample } from './example.ts';
import { Peer } from './peer.ts';
import { TextStream } from './text-stream.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/fastapi');

let server: Server;
let url: string;
let socketUrl: string;

before(async () => {
  server = await serveExample('fastapi');
  url = `http://127.0.0.1:${server.port}`;
  socketUrl = `ws://127.0.0.1:${server.port}/notes`;
});
after(() => stopExample(server));

interface About {
  readonly loop: string;
  readonly followers: number;
  readonly url: string;
  readonly client: string;
}

async function about(): Promise<About> {
  return (await json(`${url}/`)) as About;
}

function write(author: string, text: string): Promise<number> {
  return postJson(`${url}/notes`, { author, text });
}

/** Waits for what the application writes down once it has noticed. */
async function recorded(line: string): Promise<void> {
  const find = async (): Promise<void> => {
    while (!((await json(`${url}/record`)) as string[]).includes(line)) {
      assert.ok(!server.log.includes('Traceback'), server.log);
    }
  };
  await within(10_000, `the record of "${line}"`, find());
}

async function followersAre(count: number): Promise<void> {
  const find = async (): Promise<void> => {
    while ((await about()).followers !== count);
  };
  await within(10_000, `${count} followers`, find());
}

test('it is recognised, runs on uvloop, and knows who asks for what', async () => {
  assert.match(server.log, /fastapi 0\.165/i);
  const told = await about();
  assert.equal(told.loop, 'uvloop');
  assert.equal(told.client, '127.0.0.1');
  assert.equal(told.url, `${url}/`);
});

test('JSON in and out, with a task after the response, in the state that the lifespan gave', async () => {
  const answer = await fetch(`${url}/notes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ author: 'Zoë', text: '☃' }),
  });
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.deepEqual(await answer.json(), { author: 'Zoë', text: '☃' });
  assert.deepEqual(await json(`${url}/notes`), [{ author: 'Zoë', text: '☃' }]);
  await recorded('Zoë wrote');
});

test('what does not validate is answered 422, with the places', async () => {
  const answer = await fetch(`${url}/notes`, { method: 'POST', body: '{"author": ""}' });
  assert.equal(answer.status, 422);
  const { detail } = (await answer.json()) as { readonly detail: readonly { readonly loc: readonly string[] }[] };
  assert.ok(detail.length > 0);
  assert.equal(detail[0]?.loc[0], 'body');
  assert.equal((await fetch(`${url}/notes/next?count=0`)).status, 422);
});

test('an upload of a form comes through whole', async () => {
  const bytes = Buffer.alloc(3_000_000, 'Portico');
  const form = new FormData();
  form.set('file', new File([bytes], 'naïve.bin', { type: 'application/x-test' }));
  assert.deepEqual(await json(`${url}/digest`, { method: 'POST', body: form }), {
    name: 'naïve.bin',
    type: 'application/x-test',
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
});

test('a body of unknown length is read as it comes', async () => {
  const parts = Array.from({ length: 50 }, (_, index) => Buffer.alloc(40_000, index));
  const answer = await json(`${url}/digest/stream`, {
    method: 'POST',
    body: ReadableStream.from(parts),
    duplex: 'half',
  });
  const sha256 = createHash('sha256').update(Buffer.concat(parts)).digest('hex');
  assert.deepEqual(answer, { bytes: 2_000_000, sha256 });
});

test('a StreamingResponse arrives piece by piece', async () => {
  using stream = await TextStream.open(`${url}/notes/next?count=2`);
  assert.equal(await stream.through('\n'), 'The next 2:\n');
  await followersAre(1);
  await write('Ann', 'one');
  assert.equal(await stream.through('\n'), 'Ann: one\n');
  await write('Ann', 'two');
  assert.equal(await stream.rest(), 'Ann: two\n');
  await followersAre(0);
});

test('server-sent events arrive as they happen, and the application learns that the client has left', async () => {
  {
    const opening = TextStream.open(`${url}/events`);
    await followersAre(1);
    await write('Bob', 'zero');
    using stream = await opening;
    assert.equal(await stream.through('\n\n'), 'event: note\ndata: {"author": "Bob", "text": "zero"}\n\n');
    assert.match(stream.head.headers.get('content-type') ?? '', /^text\/event-stream/);
    for (const text of ['first', 'second']) {
      await write('Bob', text);
      assert.equal(await stream.through('\n\n'), `event: note\ndata: {"author": "Bob", "text": "${text}"}\n\n`);
    }
  }
  // Starlette learns it from what it sends.
  const noticed = async (): Promise<void> => {
    while ((await about()).followers !== 0) await write('Bob', 'to nobody');
  };
  await within(10_000, 'until nobody follows', noticed());
});

test('a WebSocket talks both ways, and its close code and reason reach the application', async () => {
  const ann = await Peer.open(`${socketUrl}/Ann`, ['other', 'board']);
  await using bob = await Peer.open(`${socketUrl}/Bob`);
  assert.equal(ann.socket.protocol, 'board');
  assert.equal(bob.socket.protocol, '');
  await followersAre(2);
  ann.send('Is anybody here?');
  assert.deepEqual(await bob.nextJson(), { author: 'Ann', text: 'Is anybody here?' });
  assert.deepEqual(await ann.nextJson(), { author: 'Ann', text: 'Is anybody here?' });
  await write('Web', 'hello');
  assert.deepEqual(await bob.nextJson(), { author: 'Web', text: 'hello' });
  assert.equal((await ann.close(4321, 'tired')).code, 4321);
  await recorded('Ann left: 4321 tired');
});

test('the application closes a WebSocket with a code of its own', async () => {
  const peer = await Peer.open(`${socketUrl}/Eve`);
  peer.send('bye');
  assert.deepEqual(await peer.closed, { code: 4000, reason: 'good bye' });
});

test('the application refuses a handshake with a response of its own', async () => {
  const answer = await server.ask('/notes/nobody', {
    fields:
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
  });
  assert.equal(answer.status, 401);
  assert.deepEqual(JSON.parse(answer.body), { detail: 'who are you?' });
});

test('StaticFiles are served, by the server itself', async () => {
  assert.match(server.log, /static: \/static\/\n/);
  const answer = await fetch(`${url}/static/board.css`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/css/);
  assert.equal(await answer.text(), readFileSync(join(EXAMPLE, 'static/board.css'), 'utf8'));
  const again = await fetch(`${url}/static/board.css`, {
    headers: { 'if-none-match': answer.headers.get('etag') ?? '' },
  });
  assert.equal(again.status, 304);
  assert.equal((await fetch(`${url}/static/none.css`)).status, 404);
});

test('a FileResponse gives the file, or a range of it', async () => {
  const text = readFileSync(join(EXAMPLE, 'board.py'), 'utf8');
  const answer = await fetch(`${url}/source`);
  assert.equal(await answer.text(), text);
  assert.equal(answer.headers.get('content-length'), String(text.length));
  const part = await fetch(`${url}/source`, { headers: { range: 'bytes=3-9' } });
  assert.equal(part.status, 206);
  assert.equal(await part.text(), text.slice(3, 10));
});

test('the lifespan begins with the first request and ends with the last', async () => {
  const second = await serveExample('fastapi', { args: ['--no-static', '--lifespan', 'on'] });
  try {
    await second.logged(/the board is opened/);
    const answer = await fetch(`http://127.0.0.1:${second.port}/static/board.css`);
    assert.equal(
      await answer.text(),
      readFileSync(join(EXAMPLE, 'static/board.css'), 'utf8'),
      'StaticFiles of its own',
    );
    second.signal('SIGTERM');
    assert.equal(await second.exit, 0);
    assert.match(second.log, /the board is put away/);
  } finally {
    await second[Symbol.asyncDispose]();
  }
});
