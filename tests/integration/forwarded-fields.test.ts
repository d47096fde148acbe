// Who a request is from, and by what scheme: a trusted peer is believed, and what another peer says is replaced by what the edge itself knows.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from './client.ts';
import type { Server } from './server.ts';
import { makeFolder, serve } from './server.ts';

const APP = `
import json

def application(environ, start):
    start('200 OK', [])
    text = json.dumps({key: value for key, value in environ.items() if isinstance(value, str)})
    return [text.encode()]
`;
const CLAIMS = `${[
  'X-Forwarded-For: 192.0.2.7, 127.0.0.1',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: evil.test',
  'X-Real-IP: 192.0.2.8',
  'X-Request-ID: from-the-proxy.1',
].join('\r\n')}\r\n`;

type Environ = Readonly<Record<string, string>>;

let trusting: Server;
let wary: Server;
let standard: Server;
before(async () => {
  const folder = makeFolder();
  const args = ['--bind', '127.0.0.1:0', '--bind', `unix:${join(folder, 'site.sock')}`];
  trusting = await serve({ app: APP, folder, args });
  wary = await serve({ app: APP, args: ['--forwarded-allow-ips', '192.0.2.1', '--access-log', '-'] });
  standard = await serve({ app: APP, args: ['--forwarded-fields', 'forwarded', '--forwarded-allow-ips', '*'] });
});
after(async () => {
  await trusting[Symbol.asyncDispose]();
  await wary[Symbol.asyncDispose]();
  await standard[Symbol.asyncDispose]();
});

async function environOf(server: Server, fields: string): Promise<Environ> {
  return JSON.parse((await server.ask('/', { fields })).body) as Environ;
}

test('a trusted peer says who the client is, its scheme and the id of the request', async () => {
  const environ = await environOf(trusting, CLAIMS);
  assert.equal(environ['REMOTE_ADDR'], '192.0.2.7');
  assert.equal(environ['wsgi.url_scheme'], 'https');
  assert.equal(environ['HTTP_X_REQUEST_ID'], 'from-the-proxy.1');
  assert.equal(environ['HTTP_X_FORWARDED_HOST'], 'evil.test');
});

test('what a client adds to the fields of its proxy names neither its address nor its scheme', async () => {
  const ofProxy = 'X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\n';
  for (const forged of ['for=6.6.6.6;proto=https', 'proto=https', 'for="6.6.6.6"']) {
    const environ = await environOf(trusting, `Forwarded: ${forged}\r\n${ofProxy}X_Forwarded_For: 6.6.6.6\r\n`);
    assert.equal(environ['REMOTE_ADDR'], '192.0.2.7', forged);
    assert.equal(environ['wsgi.url_scheme'], 'http', forged);
    assert.equal(environ['HTTP_X_FORWARDED_FOR'], '192.0.2.7', forged);
    assert.equal(environ['HTTP_FORWARDED'], undefined, forged);
  }
});

test('with --forwarded-fields forwarded, Forwarded is read by its grammar and nothing else is', async () => {
  const others =
    'X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Ssl: off\r\nX-Real-IP: 6.6.6.6\r\n';
  const environ = await environOf(standard, `Forwarded: for=1.2.3.4;host="a,for=6.6.6.6;x=";proto=http\r\n${others}`);
  assert.equal(environ['REMOTE_ADDR'], '1.2.3.4');
  assert.equal(environ['wsgi.url_scheme'], 'http');
  assert.match(environ['HTTP_FORWARDED'] ?? '', /^for=1/);
  for (const key of ['FOR', 'PROTO', 'SSL']) assert.equal(environ[`HTTP_X_FORWARDED_${key}`], undefined, key);
  assert.equal(environ['HTTP_X_REAL_IP'], undefined);
});

test('a Forwarded that is malformed anywhere is believed in nothing, by the application neither', async () => {
  for (const malformed of ['for=1.2.3.4;for=6.6.6.6', 'for=6.6.6.6;proto=https, for="', 'for=evil;proto=https']) {
    const environ = await environOf(standard, `Forwarded: ${malformed}\r\n`);
    assert.equal(environ['REMOTE_ADDR'], '127.0.0.1', malformed);
    assert.equal(environ['wsgi.url_scheme'], 'http', malformed);
    assert.equal(environ['HTTP_FORWARDED'], undefined, malformed);
  }
  await standard.logged(/WARNING edge: proxy fields not taken from 127\.0\.0\.1: Forwarded breaks the grammar/);
});

test('fields that say http and https at once are refused', async () => {
  for (const [first, second] of [
    ['X-Forwarded-Proto: http', 'X-Forwarded-Ssl: on'],
    ['X-Forwarded-Proto: https', 'X-Forwarded-Proto: http'],
    ['X-Forwarded-Proto: https, http', 'X-Other: 1'],
    ['X-Forwarded-Protocol: ssl', 'X-Scheme: http'],
  ])
    assert.equal((await trusting.ask('/', { fields: `${first}\r\n${second}\r\n` })).status, 400, first);
  await trusting.logged(/WARNING edge: proxy fields not taken from 127\.0\.0\.1: .* http and https at once/);
  // From a peer that is not trusted, neither is believed.
  const fields = 'X-Forwarded-Proto: http\r\nX-Forwarded-Ssl: on\r\n';
  assert.equal((await wary.ask('/', { fields })).status, 200);
});

test('a peer that would have to be trusted is named once, with the flag', async () => {
  await environOf(wary, CLAIMS);
  await wary.logged(/WARNING edge: 127\.0\.0\.1 says .*--forwarded-allow-ips is 192\.0\.2\.1/);
  for (let count = 0; count < 3; count += 1) await environOf(wary, `X-Forwarded-Proto: https\r\nX-Count: ${count}\r\n`);
  assert.equal(wary.log.match(/is not believed/g)?.length, 1);
});

test('a trusted peer that speaks in fields that are not read is told of once', async () => {
  for (let count = 0; count < 3; count += 1) await environOf(trusting, `Forwarded: for=192.0.2.${count}\r\n`);
  await trusting.logged(/WARNING edge: 127\.0\.0\.1 sends Forwarded, which is not read/);
  assert.equal(trusting.log.match(/which is not read/g)?.length, 1);
});

test('whoever is named by everybody is said to be so at the start', async () => {
  await standard.logged(/WARNING portico: --forwarded-allow-ips is for everybody/);
  assert.doesNotMatch(trusting.log, /for everybody/);
});

test('the peer of a Unix socket is trusted', async () => {
  using client = await Client.open({ path: join(trusting.folder, 'site.sock') });
  client.send(`GET / HTTP/1.1\r\nHost: a\r\n${CLAIMS}\r\n`);
  const environ = JSON.parse((await client.read()).body) as Environ;
  assert.equal(environ['REMOTE_ADDR'], '192.0.2.7');
  assert.equal(environ['wsgi.url_scheme'], 'https');
});

test('anybody else is who they are, and what they claimed is rewritten', async () => {
  const environ = await environOf(wary, CLAIMS);
  assert.equal(environ['REMOTE_ADDR'], '127.0.0.1');
  assert.equal(environ['wsgi.url_scheme'], 'http');
  assert.equal(environ['HTTP_X_FORWARDED_FOR'], '127.0.0.1');
  assert.equal(environ['HTTP_X_FORWARDED_PROTO'], 'http');
  assert.equal(environ['HTTP_X_FORWARDED_HOST'], 'site.test');
  assert.equal(environ['HTTP_X_REAL_IP'], undefined);
  assert.match(environ['HTTP_X_REQUEST_ID'] ?? '', /^[0-9a-f]{32}$/);
  // What is remembered of a repeated head must not give one peer's rewriting to the next request.
  assert.equal((await environOf(wary, CLAIMS))['HTTP_X_FORWARDED_FOR'], '127.0.0.1');
});

test('an id that is not fit for a log is replaced even from a trusted peer', async () => {
  const environ = await environOf(trusting, 'X-Request-ID: a b"c\r\n');
  assert.match(environ['HTTP_X_REQUEST_ID'] ?? '', /^[0-9a-f]{32}$/);
});

test('the id that the application sees is the one in the access log', async () => {
  const { HTTP_X_REQUEST_ID: id = 'none' } = await environOf(wary, '');
  await wary.logged(new RegExp(`"GET / HTTP/1.1" 200 .* ${id}\n`));
});

test('a field with an underscore never passes for one with a hyphen', async () => {
  const environ = await environOf(
    wary,
    'X_User: root\r\nX-User: me\r\nX-User_Name: root\r\nContent_Length: 7\r\nProxy: http://evil.test\r\n',
  );
  assert.equal(environ['HTTP_X_USER'], 'me');
  for (const key of ['HTTP_X_USER_NAME', 'CONTENT_LENGTH', 'HTTP_CONTENT_LENGTH', 'HTTP_PROXY'])
    assert.equal(environ[key], undefined, key);
});

test('cookies and lists that come in several fields are joined', async () => {
  const environ = await environOf(wary, 'Cookie: a=1\r\nX-List: 1\r\nCookie: b=2\r\nX-List: 2\r\n');
  assert.equal(environ['HTTP_COOKIE'], 'a=1; b=2');
  assert.match(environ['HTTP_X_LIST'] ?? '', /^1, ?2$/);
});
