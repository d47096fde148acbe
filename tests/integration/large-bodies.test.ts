// Bodies of a megabyte and more reach WSGI applications whole, whatever the framing, the pieces, and what goes wrong meanwhile.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Server } from './server.ts';
import { serve } from './server.ts';

/** A request for /held is answered when `letGo` has been called. */
const APP = `
import hashlib, os, time

def application(environ, start):
    body = environ['wsgi.input']
    if environ['PATH_INFO'] == '/held':
        print('held', flush=True)
        while not os.path.exists('go'):
            time.sleep(0.01)
    data = b''.join(iter(lambda: body.read(100_000), b'')) if environ['PATH_INFO'] == '/pieces' else body.read()
    start('200 OK', [])
    return [b'%d %s' % (len(data), hashlib.sha256(data).hexdigest().encode())]
`;

const WORKERS: readonly (readonly [string, readonly string[]])[] = [
  ['one thread', []],
  ['threads and edge threads', ['--threads', '4', '--edge-threads', '2']],
  ['little memory', ['--max-body-memory', '100K']],
];

/** No two bodies have the same bytes at the same place. */
function bodyOf(bytes: number, seed: number): Buffer {
  const body = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 1) body[at] = (at * 7 + seed * 31 + (at >> 8)) % 256;
  return body;
}

function letGo(server: Server): void {
  writeFileSync(join(server.folder, 'go'), '');
}

function answerTo(body: Buffer): string {
  return `${body.length} ${createHash('sha256').update(body).digest('hex')}`;
}

function chunked(body: Buffer, bytes: number): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += bytes) {
    const chunk = body.subarray(at, at + bytes);
    chunks.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]);
}

async function post(server: Server, path: string, body: Buffer, chunkBytes = 0): Promise<string> {
  using client = await server.connect();
  const framing = chunkBytes === 0 ? `Content-Length: ${body.length}` : 'Transfer-Encoding: chunked';
  client.send(`POST ${path} HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`);
  client.send(chunkBytes === 0 ? body : chunked(body, chunkBytes));
  return (await client.read('POST')).body;
}

for (const [what, args] of WORKERS) {
  test(`with ${what}, bodies of all sizes are read whole, many at a time`, async () => {
    await using server = await serve({ app: APP, args });
    const sizes = [0, 1, 32_768, 32_769, 65_536, 262_144, 262_145, 1_048_576, 2_097_152, 2_097_153, 3_000_000];
    const bodies = [...sizes, ...sizes].map((size, index) => bodyOf(size, index));
    const answers = await Promise.all(
      bodies.map((body, index) => post(server, index % 2 ? '/' : '/pieces', body, index % 3 ? 0 : 50_000)),
    );
    assert.deepEqual(answers, bodies.map(answerTo));
  });
}

test('bodies behind each other on one connection keep their order', async () => {
  await using server = await serve({ app: APP });
  using client = await server.connect();
  const bodies = [bodyOf(1_048_576, 1), bodyOf(5, 2), bodyOf(700_000, 3), bodyOf(0, 4)];
  for (const body of bodies) {
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
    client.send(body);
  }
  for (const body of bodies) assert.equal((await client.read('POST')).body, answerTo(body));
});

/** A client that sends so much of a body of 900,000 bytes, and leaves when the kernels have it. */
async function leave(server: Server, bytes: number): Promise<void> {
  using client = await server.connect();
  client.send('POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n');
  await new Promise((sent) => client.socket.write(Buffer.alloc(bytes, 0xff), sent));
}

test('a client that leaves in the middle of its body, behind it, or while its request runs, leaves nothing in those of others', async () => {
  await using server = await serve({ app: APP });
  using running = await server.connect();
  running.send('POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n');
  running.send(Buffer.alloc(900_000, 0xff));
  await server.logged(/OUTPUT w1: held/);
  const bodies = Array.from({ length: 12 }, (_, index) => bodyOf(900_000, index));
  const departures = bodies.map((_, index) => leave(server, index % 2 ? 900_000 : 500_000));
  const answers = Promise.all(
    bodies.map(async (body, index) => {
      await departures[index];
      return post(server, '/', body);
    }),
  );
  await Promise.all(departures);
  running.close();
  letGo(server);
  assert.deepEqual(await answers, bodies.map(answerTo));
});

test('large requests that wait behind one that does not end are run by another worker', async () => {
  await using server = await serve({ app: APP, args: ['--workers', '2'] });
  const bodies = Array.from({ length: 10 }, (_, index) => bodyOf(1_048_576, index));
  const [held, ...others] = bodies.map((body, index) => post(server, index === 0 ? '/held' : '/', body));
  assert.deepEqual(await Promise.all(others), bodies.slice(1).map(answerTo));
  letGo(server);
  assert.equal(await held, answerTo(bodies[0]!));
});

test('large requests that a worker had not begun when it was killed are run by another', async () => {
  await using server = await serve({ app: APP, args: ['--workers', '2'] });
  const bodies = Array.from({ length: 8 }, (_, index) => bodyOf(800_000, index));
  const answers = Promise.all(bodies.map((body) => post(server, '/held', body)));
  for (const worker of ['w1', 'w2']) await server.logged(new RegExp(`OUTPUT ${worker}: held`));
  process.kill(server.workerPids[0]!, 'SIGKILL');
  letGo(server);
  const texts = await answers;
  // What ran is lost with its worker; everything else is answered rightly.
  assert.equal(texts.filter((text, index) => text !== answerTo(bodies[index]!)).length, 1, texts.join('\n'));
});
