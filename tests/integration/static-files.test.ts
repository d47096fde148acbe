// Files from the edge, asked for with bytes that no browser would send.

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import type { Server } from './server.ts';
import { makeFolder, serve } from './server.ts';

const APP = `
def application(environ, start):
    start('200 OK', [])
    return [b'the application']
`;
const TEXT = 'body { color: black }\n'.repeat(50);

let server: Server;
before(async () => {
  const folder = makeFolder();
  const root = join(folder, 'files');
  mkdirSync(join(root, 'deep'), { recursive: true });
  writeFileSync(join(root, 'a.css'), TEXT);
  writeFileSync(join(root, 'a.css.br'), brotliCompressSync(TEXT));
  writeFileSync(join(root, 'deep/b.txt'), 'b');
  writeFileSync(join(root, '.hidden'), 'hidden');
  writeFileSync(join(folder, 'secret.txt'), 'the secret');
  symlinkSync('../secret.txt', join(root, 'link.txt'));
  server = await serve({ app: APP, folder, args: ['--static', '/static/=files', '--edge-threads', '2'] });
});
after(() => server[Symbol.asyncDispose]());

test('200, HEAD, 304 and 206', async () => {
  const whole = await server.ask('/static/a.css');
  assert.equal(whole.status, 200);
  assert.equal(whole.body, TEXT);
  assert.match(whole.fields.get('content-type') ?? '', /^text\/css/);
  const head = await server.ask('/static/a.css', { method: 'HEAD' });
  assert.equal(head.fields.get('content-length'), String(TEXT.length));
  const etag = whole.fields.get('etag') ?? assert.fail('no ETag');
  const same = await server.ask('/static/a.css', { fields: `If-None-Match: ${etag}\r\n` });
  assert.equal(same.status, 304);
  assert.equal(same.fields.get('etag'), etag);
  const part = await server.ask('/static/a.css', { fields: 'Range: bytes=5-9\r\n' });
  assert.equal(part.status, 206);
  assert.equal(part.body, TEXT.slice(5, 10));
  assert.equal(part.fields.get('content-range'), `bytes 5-9/${TEXT.length}`);
  const many = await server.ask('/static/a.css', { fields: 'Range: bytes=0-0,-1\r\n' });
  assert.match(many.fields.get('content-type') ?? '', /^multipart\/byteranges/);
  assert.equal((await server.ask('/static/a.css', { fields: 'Range: bytes=99999-\r\n' })).status, 416);
});

test('a compressed sibling for who takes it', async () => {
  const answer = await server.ask('/static/a.css', { fields: 'Accept-Encoding: br;q=0.9, gzip\r\n' });
  assert.equal(answer.fields.get('content-encoding'), 'br');
  assert.match(answer.fields.get('vary') ?? '', /accept-encoding/i);
  assert.equal(brotliDecompressSync(answer.bytes).toString(), TEXT);
});

test('404 without asking the application, 405 for other methods, and the application everywhere else', async () => {
  assert.equal((await server.ask('/static/none.css')).status, 404);
  assert.equal((await server.ask('/static/a.css', { method: 'POST', body: 'x' })).status, 405);
  assert.equal((await server.ask('/elsewhere')).body, 'the application');
  assert.equal((await server.ask('/static')).body, 'the application');
});

for (const path of [
  '/static/../secret.txt',
  '/static/%2e%2e/secret.txt',
  '/static/..%2fsecret.txt',
  '/static/deep/../../secret.txt',
  '/static/deep/%2e%2e%2f%2e%2e/secret.txt',
  '/static/..\\secret.txt',
  '/static/%5c..%5csecret.txt',
  '/static//secret.txt',
  '/static/./../secret.txt',
  '/static/%252e%252e/secret.txt',
  '/static/a.css/../../secret.txt',
  '/static/.hidden',
  '/static/%2ehidden',
  '/static/link.txt',
  '/static/deep/b.txt%00.css',
]) {
  test(`${path} shows nothing`, async () => {
    const { status, body } = await server.ask(path);
    assert.doesNotMatch(body, /the secret|hidden/);
    assert.ok(status === 400 || status === 404 || status === 403 || body === 'the application', String(status));
  });
}
