// What browsers get of an application's pages and of files: compressed, whole, and told apart from what is not.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Server } from './server.ts';
import { makeFolder, serve } from './server.ts';

const APP = `
PAGE = b'<p>a line of a page</p>\\n' * 2000
def application(environ, start):
    path = environ['PATH_INFO']
    if path == '/stream':
        start('200 OK', [('Content-Type', 'text/html')])
        return (PAGE[at:at + 1000] for at in range(0, len(PAGE), 1000))
    fields = [('Content-Type', 'text/html; charset=utf-8'), ('ETag', '"page"')]
    if path == '/fixed':
        fields.append(('Cache-Control', 'no-transform'))
    body = PAGE[:2400] if path == '/small' else b'hello' if path == '/hello' else PAGE
    start('200 OK', fields + [('Content-Length', str(len(body)))])
    return [body]
`;
const PAGE = '<p>a line of a page</p>\n'.repeat(2000);
const STYLES = 'body { color: black }\n'.repeat(5000);

let server: Server;
before(async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, 'files'));
  writeFileSync(join(folder, 'files/a.css'), STYLES);
  writeFileSync(join(folder, 'files/large.txt'), STYLES.repeat(30));
  writeFileSync(join(folder, 'files/noise.txt'), randomBytes(4_000_000).toString('hex'));
  server = await serve({ app: APP, folder, args: ['--static', '/static/=files', '--edge-threads', '1'] });
});
after(() => server[Symbol.asyncDispose]());

interface Raw {
  readonly fields: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

function ask(path: string, acceptEncoding?: string, method = 'GET'): Promise<Raw> {
  const headers = acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding };
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: server.port, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ fields: response.headers, body: Buffer.concat(parts) }));
    }).on('error', reject);
  });
}

test('a page is compressed for a browser, and has its length, a weak tag and Vary', async () => {
  const { fields, body } = await ask('/', 'gzip, deflate, br, zstd');
  assert.equal(fields['content-encoding'], 'zstd');
  assert.equal(fields['content-length'], String(body.length));
  assert.equal(fields['etag'], 'W/"page"');
  assert.equal(fields['vary'], 'Accept-Encoding');
  assert.equal(zstdDecompressSync(body).toString(), PAGE);
  assert.equal(gunzipSync((await ask('/', 'gzip')).body).toString(), PAGE);
  const head = await ask('/', 'gzip', 'HEAD');
  assert.equal(head.fields['content-encoding'], 'gzip');
});

test('short pages, fixed ones, and clients that take no coding are answered as ever', async () => {
  const plain = await ask('/');
  assert.equal(plain.body.toString(), PAGE);
  assert.equal(plain.fields['content-encoding'], undefined);
  assert.equal(plain.fields['etag'], '"page"');
  assert.equal((await ask('/hello', 'gzip')).body.toString(), 'hello');
  assert.equal((await ask('/fixed', 'gzip')).body.toString(), PAGE);
  assert.equal(gunzipSync((await ask('/small', 'gzip, zstd')).body).toString(), PAGE.slice(0, 2400));
});

test('what streams, and files from memory and from disk, are compressed on their way', async () => {
  const stream = await ask('/stream', 'gzip');
  assert.equal(stream.fields['transfer-encoding'], 'chunked');
  assert.equal(gunzipSync(stream.body).toString(), PAGE);
  for (let count = 0; count < 3; count += 1) {
    assert.equal(zstdDecompressSync((await ask('/static/a.css', 'zstd')).body).toString(), STYLES);
  }
  assert.equal(gunzipSync((await ask('/static/large.txt', 'gzip')).body).toString(), STYLES.repeat(30));
});

/** Asks for a long body, reads a little of it, and goes. */
function leave(path: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n`);
    });
    socket.once('data', () => socket.destroy());
    socket.once('close', () => resolve());
  });
}

test('clients that leave in the middle give back the memory that their bodies had', async () => {
  // There is memory for some 240 at a time, and it may take a second until it is noticed that somebody has gone.
  for (let round = 0; round < 5; round += 1) {
    await Promise.all(Array.from({ length: 60 }, () => leave('/static/noise.txt')));
  }
  let codings: readonly (string | string[] | undefined)[] = [];
  for (let attempt = 0; attempt < 20 && String(codings) !== 'gzip'; attempt += 1) {
    await delay(attempt === 0 ? 0 : 200);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask('/static/large.txt', 'gzip')));
    codings = [...new Set(answers.map(({ fields }) => fields['content-encoding']))];
  }
  assert.deepEqual(codings, ['gzip']);
});

test('many at a time are compressed side by side', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask('/', 'zstd')));
  assert.ok(answers.every(({ body }) => zstdDecompressSync(body).toString() === PAGE));
});
