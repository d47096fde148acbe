// TLS at the edge: what is agreed upon, what applications are told, whom it refuses, and that nothing of HTTP is different on it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { connect as connectSecurely } from 'node:tls';
import { WebSocketClient } from '../conformance/websocket-client.ts';
import type { Issued } from './certificates.ts';
import { Authority } from './certificates.ts';
import { Client, Closed } from './client.ts';
import type { Server } from './server.ts';
import { launch, makeFolder, serve } from './server.ts';
import { within } from './waiting.ts';

const WSGI = `
import json

def application(environ, start):
    path = environ['PATH_INFO']
    if path == '/echo':
        body = environ['wsgi.input'].read()
        start('200 OK', [('Content-Length', str(len(body)))])
        return [body]
    if path == '/broken':
        def pieces():
            yield b'a' * 1000
            raise RuntimeError('half of it')
        start('200 OK', [('Connection', 'close')])
        return pieces()
    start('200 OK', [])
    return [json.dumps({key: value for key, value in environ.items() if isinstance(value, str)}).encode()]
`;
const ASGI = `
import json

async def application(scope, receive, send):
    if scope['type'] == 'lifespan':
        return
    told = json.dumps({'scheme': scope['scheme'], 'tls': scope['extensions'].get('tls', 'absent')})
    if scope['type'] == 'websocket':
        await receive()
        await send({'type': 'websocket.accept'})
        await send({'type': 'websocket.send', 'text': told})
        while (message := await receive())['type'] == 'websocket.receive':
            await send({'type': 'websocket.send', 'text': message['text'][::-1]})
    else:
        await send({'type': 'http.response.start', 'status': 200})
        await send({'type': 'http.response.body', 'body': told.encode()})
`;

const folder = makeFolder();
const authority = new Authority(folder);
const site = authority.issue('site');
const alice = authority.issue('alice', { subject: '/O=Söhne/CN=alice', extensions: 'extendedKeyUsage=clientAuth' });
const stranger = new Authority(folder, 'elsewhere').issue('alice');
const TLS_ARGS = ['--certfile', site.cert, '--keyfile', site.key];

function trusting(options: ConnectionOptions = {}): ConnectionOptions {
  return { ca: readFileSync(authority.cert), ...options };
}

function shows({ cert, key }: Issued): ConnectionOptions {
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

async function ask(port: number, target = '/', options: ConnectionOptions = {}, body = ''): Promise<string> {
  using client = await Client.secure(port, trusting(options));
  const method = body === '' ? 'GET' : 'POST';
  client.send(`${method} ${target} HTTP/1.1\r\nHost: site.test\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  return (await client.read()).body;
}

type Told = Readonly<Record<string, string | undefined>>;
const told = async (...request: Parameters<typeof ask>): Promise<Told> => JSON.parse(await ask(...request)) as Told;

let wsgi: Server;
let asgi: Server;
before(async () => {
  wsgi = await serve({
    app: WSGI,
    args: [
      ...TLS_ARGS,
      '--ca-certs',
      authority.cert,
      '--cert-reqs',
      'optional',
      '--bind',
      '127.0.0.1:0',
      '--insecure-bind',
      '127.0.0.1:0',
    ],
  });
  asgi = await serve({ app: ASGI, args: [...TLS_ARGS, '--ca-certs', authority.cert, '--cert-reqs', 'optional'] });
});
after(async () => {
  await wsgi[Symbol.asyncDispose]();
  await asgi[Symbol.asyncDispose]();
});

test('the start says where TLS is spoken and with which certificate', () => {
  assert.match(wsgi.log, /listening: https:\/\/127\.0\.0\.1:\d+\n.*listening: http:\/\/127\.0\.0\.1:\d+\n/);
  assert.match(wsgi.log, /tls: site\.test, localhost, 127\.0\.0\.1, until \d{4}-/);
});

test('a WSGI application is told as mod_ssl tells it', async () => {
  const environ = await told(wsgi.port);
  assert.equal(environ['wsgi.url_scheme'], 'https');
  assert.equal(environ['HTTPS'], 'on');
  assert.equal(environ['SSL_PROTOCOL'], 'TLSv1.3');
  assert.match(environ['SSL_CIPHER'] ?? '', /^TLS_/);
  assert.equal(environ['SSL_CLIENT_VERIFY'], 'NONE');
  assert.equal(environ['SSL_CLIENT_CERT'], undefined);
});

test('a client with a certificate is known by it', async () => {
  const environ = await told(wsgi.port, '/', shows(alice));
  assert.equal(environ['SSL_CLIENT_VERIFY'], 'SUCCESS');
  assert.equal(Buffer.from(environ['SSL_CLIENT_S_DN'] ?? '', 'latin1').toString(), 'CN=alice,O=Söhne');
  assert.equal(environ['SSL_CLIENT_I_DN'], 'CN=ca');
  assert.equal(environ['SSL_CLIENT_CERT']?.trim(), readFileSync(alice.cert, 'utf8').trim());
});

test('addresses of --insecure-bind do without', async () => {
  const port = Number(/ http:\/\/127\.0\.0\.1:(\d+)/.exec(wsgi.log)?.[1]);
  using client = await Client.open(port);
  client.send('GET / HTTP/1.1\r\nHost: site.test\r\nHTTPS: on\r\nSSL-Client-Verify: SUCCESS\r\n\r\n');
  const environ = JSON.parse((await client.read()).body) as Told;
  assert.equal(environ['wsgi.url_scheme'], 'http');
  assert.equal(environ['HTTPS'], undefined);
  assert.equal(environ['SSL_CLIENT_VERIFY'], undefined, 'a field cannot say so');
});

test('the scope of ASGI has the tls extension, for requests and WebSockets', async () => {
  const { scheme, tls } = JSON.parse(await ask(asgi.port, '/', { maxVersion: 'TLSv1.2', ...shows(alice) })) as {
    scheme: string;
    tls: Readonly<Record<string, unknown>>;
  };
  assert.equal(scheme, 'https');
  assert.equal(tls['tls_version'], 0x0303);
  assert.equal(tls['cipher_suite'], 0xc02b, 'ECDHE-ECDSA-AES128-GCM-SHA256');
  assert.equal(String(tls['server_cert']).trim(), readFileSync(site.cert, 'utf8').trim());
  assert.deepEqual(tls['client_cert_chain'], [readFileSync(alice.cert, 'utf8')]);
  assert.equal(tls['client_cert_name'], 'CN=alice,O=Söhne');
  assert.equal(tls['client_cert_error'], null);
  const secured = await secure(asgi.port);
  using client = await WebSocketClient.over(secured);
  const first = JSON.parse((await client.next()).data.toString()) as { scheme: string; tls: object };
  assert.equal(first.scheme, 'wss');
  assert.deepEqual(first.tls, {
    ...tls,
    tls_version: 0x0304,
    cipher_suite: 0x1302,
    client_cert_chain: [],
    client_cert_name: null,
  });
  client.text('abc');
  assert.equal(await client.told(), 'text cba');
});

async function secure(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connectSecurely({ port, host: '127.0.0.1', servername: 'site.test', ...trusting(options) });
  await once(socket, 'secureConnect');
  return socket;
}

test('the certificates between the client and the root are told', async () => {
  const between = authority.issue('between', { extensions: 'basicConstraints=CA:TRUE' });
  const bob = authority.issue('bob', { extensions: 'extendedKeyUsage=clientAuth', by: between });
  const chain = [bob.cert, between.cert].map((path) => readFileSync(path, 'utf8'));
  const { tls } = JSON.parse(await ask(asgi.port, '/', { cert: chain.join(''), key: readFileSync(bob.key) })) as {
    tls: Readonly<Record<string, unknown>>;
  };
  assert.equal(tls['client_cert_name'], 'CN=bob');
  assert.deepEqual(tls['client_cert_chain'], chain);
});

test('one connection carries many requests, also when they come together', async () => {
  using client = await Client.secure(wsgi.port, trusting());
  client.send('GET /1 HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20));
  for (let count = 0; count < 20; count += 1) assert.equal((await client.read()).status, 200);
});

test('large bodies pass both ways', async () => {
  const body = 'x'.repeat(9_999_999);
  assert.equal((await ask(wsgi.port, '/echo', {}, body)) === body, true);
});

test('an answer that ends half way does not look whole', async () => {
  const socket = await secure(wsgi.port);
  using client = Client.over(socket);
  client.send('GET /broken HTTP/1.0\r\n\r\n');
  const answer = await client.read().catch((error: unknown) => error);
  assert.ok(
    answer instanceof Closed && answer.isReset,
    'HTTP/1.0 has no other sign of the end than that of the connection',
  );
});

test('a client that closes its side gets its answer', async () => {
  using client = await Client.secure(wsgi.port, trusting());
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  client.socket.end();
  assert.equal((await client.read()).status, 200);
});

test('who speaks HTTP where TLS is spoken is told', async () => {
  using client = await Client.open(wsgi.port);
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.receive(/^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*\r\n\r\nThis address speaks HTTPS/);
});

/** Refused in the handshake; or behind it, by an answer, as certificates of clients are in TLS 1.3. */
async function assertRefused(port: number, options: ConnectionOptions = {}): Promise<void> {
  const body = await ask(port, '/', options).catch(() => 'This address is for others');
  assert.match(body, /^This address is for/);
}

const REFUSED: readonly (readonly [what: string, options: ConnectionOptions, logged: RegExp])[] = [
  [
    'a certificate of somebody else',
    shows(stranger),
    /no TLS with .*127\.0\.0\.1: its certificate is refused \(unable to /,
  ],
  [
    'an old version',
    { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' },
    /no TLS with .*(version|protocol)/,
  ],
  ['HTTP/2 alone', { ALPNProtocols: ['h2'] }, /no TLS with .*application protocol/],
];
for (const [what, options, logged] of REFUSED) {
  test(`${what} is refused, and the log says why`, async () => {
    const from = wsgi.log.length;
    await assertRefused(wsgi.port, options);
    await wsgi.logged(logged, 5000, from);
  });
}

test('a client must have a certificate where one is required', async () => {
  await using server = await serve({ app: WSGI, args: [...TLS_ARGS, '--ca-certs', authority.cert] });
  assert.match(await ask(server.port), /^This address is for clients with a certificate/);
  await server.logged(/no TLS with 127\.0\.0\.1: it has no certificate/);
  assert.equal((await told(server.port, '/', shows(alice)))['SSL_CLIENT_VERIFY'], 'SUCCESS');
});

test('HTTP/1.1 is agreed upon where a client offers more', async () => {
  const socket = await secure(wsgi.port, { ALPNProtocols: ['h2', 'http/1.1'] });
  assert.equal(socket.alpnProtocol, 'http/1.1');
  socket.destroy();
});

async function sessionOf(port: number, options: ConnectionOptions = {}): Promise<Buffer | undefined> {
  const socket = await secure(port, options);
  const sessions: Buffer[] = [];
  socket.on('session', (session: Buffer) => sessions.push(session));
  using client = Client.over(socket);
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal((await client.read()).status, 200);
  return sessions[0];
}

test('sessions are resumed by every thread', async () => {
  await using server = await serve({ app: WSGI, args: [...TLS_ARGS, '--edge-threads', '2', '--workers', '2'] });
  const session = await sessionOf(server.port);
  assert.ok(session);
  for (let count = 0; count < 20; count += 1) {
    const socket = await secure(server.port, { session });
    assert.equal(socket.isSessionReused(), true);
    using client = Client.over(socket);
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.equal((await client.read()).status, 200);
  }
});

test('a client whose session is taken up is known by its certificate', async () => {
  const session = await sessionOf(wsgi.port, shows(alice));
  assert.ok(session);
  const again = await secure(wsgi.port, { session });
  assert.equal(again.isSessionReused(), true);
  again.destroy();
  assert.equal((await told(wsgi.port, '/', { session }))['SSL_CLIENT_VERIFY'], 'SUCCESS');
  assert.equal((await told(wsgi.port, '/'))['SSL_CLIENT_VERIFY'], 'NONE');
});

test('TLS 1.2 is ECDHE with AEAD, in the order of the client', async () => {
  const agreed = async (ciphers: string): Promise<string> => {
    const socket = await secure(wsgi.port, { maxVersion: 'TLSv1.2', ciphers });
    const { name } = socket.getCipher();
    socket.destroy();
    return name;
  };
  for (const last of ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305']) {
    const name = `ECDHE-ECDSA-${last}`;
    assert.equal(await agreed(`ECDHE-ECDSA-AES128-SHA256:${name}:ECDHE-ECDSA-AES256-GCM-SHA384`), name);
  }
  for (const weak of ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384', 'ECDHE-ECDSA-AES128-CCM'])
    await assert.rejects(agreed(weak), /handshake failure|no cipher|reset/i, weak);
});

test('a client cannot have one handshake after another on a connection', async () => {
  const socket = await secure(wsgi.port, { maxVersion: 'TLSv1.2' });
  const { promise, resolve } = Promise.withResolvers<Error | null>();
  socket.on('error', resolve);
  socket.renegotiate({ rejectUnauthorized: false }, resolve);
  assert.match(String(await within(5000, 'the refusal', promise)), /renegotiation/);
  socket.destroy();
});

test('a client whose certificate has no subject is known by its other names', async () => {
  const nobody = authority.issue('nobody', { subject: '/', extensions: 'subjectAltName=URI:spiffe://site.test/a' });
  const environ = await told(wsgi.port, '/', shows(nobody));
  assert.equal(environ['SSL_CLIENT_VERIFY'], 'SUCCESS');
  assert.equal(environ['SSL_CLIENT_S_DN'], '');
});

test('who leaves in the middle of a handshake is forgotten at once', async () => {
  await using server = await serve({ app: WSGI, args: [...TLS_ARGS, '--max-connections', '1'] });
  for (let count = 0; count < 5; count += 1) {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.end(Buffer.from([0x16, 3, 1]));
    await within(5000, 'the end', once(socket, 'close'));
  }
  assert.match(await ask(server.port), /https/);
});

test('the password of the key reaches neither the application nor the edge', async () => {
  const secret = authority.issue('secret', { password: 'open sesame' });
  const app = `
import os

def application(environ, start):
    start('200 OK', [])
    return [repr(dict(os.environ)).encode()]
`;
  const env = { PORTICO_KEYFILE_PASSWORD: 'open sesame' };
  await using server = await serve({ app, env, args: ['--certfile', secret.cert, '--keyfile', secret.key] });
  assert.doesNotMatch(await ask(server.port), /sesame/);
  assert.doesNotMatch(readFileSync(`/proc/${server.edgePid}/environ`, 'latin1'), /sesame/);
});

test('--check looks at the certificate as a start does, and binds nothing', async () => {
  const args = ['--check', '--bind', `127.0.0.1:${wsgi.port}`];
  await using good = launch({ app: WSGI, args: [...args, ...TLS_ARGS] });
  assert.equal(await good.exit, 0);
  assert.match(good.log, /settings are right.*\n {2}tls {8}site\.test/);
  await using bad = launch({ app: WSGI, args: [...args, '--insecure-bind', '127.0.0.1:0'] });
  assert.equal(await bad.exit, 2);
  assert.match(bad.log, /an address without TLS is said, but without a certificate there is no TLS/);
});

test('a reload takes a new certificate, disconnects nobody, and keeps the old one if the new one is wrong', async () => {
  const [cert, key] = [join(folder, 'live.pem'), join(folder, 'live.key')];
  const use = (issued: Issued): void => {
    copyFileSync(issued.cert, cert);
    copyFileSync(issued.key, key);
  };
  use(site);
  await using server = await serve({ app: ASGI, args: ['--certfile', cert, '--keyfile', key] });
  const shown = async () => {
    const socket = await secure(server.port);
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return subject.CN;
  };
  const reload = async (logged: RegExp) => {
    const from = server.log.length;
    server.signal('SIGHUP');
    await server.logged(logged, 15_000, from);
    await server.logged(/INFO .*reloaded/, 15_000, from);
  };
  assert.equal(await shown(), 'site');
  using talker = await WebSocketClient.over(await secure(server.port));
  await talker.next();
  use(authority.issue('next'));
  await reload(/new files of the certificate are in use: site\.test/);
  assert.equal(await shown(), 'next');
  const { tls } = JSON.parse(await ask(server.port)) as { tls: { server_cert: string } };
  assert.equal(tls.server_cert.trim(), readFileSync(cert, 'utf8').trim());
  const right = readFileSync(cert);
  writeFileSync(cert, 'nothing');
  await reload(/WARNING .*the certificate in use is kept: .*live\.pem holds no certificate/);
  assert.equal(await shown(), 'next');
  writeFileSync(cert, right);
  await reload(/INFO .*the files of the certificate are again those that are in use/);
  talker.text('abc');
  assert.equal(await talker.told(), 'text cba');
});

test('who connects and says nothing does not hold up the end', async () => {
  const server = await serve({ app: WSGI, args: TLS_ARGS });
  const silent = connect(server.port, '127.0.0.1');
  const kept = await secure(server.port);
  server.signal('SIGTERM');
  assert.equal(await within(5000, 'the end', server.exit), 0);
  for (const socket of [silent, kept]) socket.on('error', () => undefined).destroy();
  await server[Symbol.asyncDispose]();
});
