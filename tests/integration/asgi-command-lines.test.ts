// The command lines of uvicorn, daphne and hypercorn start a server that behaves as theirs would.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { Authority } from './certificates.ts';
import { Client } from './client.ts';
import { makeFolder, PORTICO, Server } from './server.ts';

/** Answers with what it was told of the request, of its start, and of the environment. */
const APP = `
import json, os

started = []

async def app(scope, receive, send):
    if scope['type'] == 'lifespan':
        await receive()
        started.append('yes')
        await send({'type': 'lifespan.startup.complete'})
        await receive()
        await send({'type': 'lifespan.shutdown.complete'})
    elif scope['type'] == 'websocket':
        await receive()
        await send({'type': 'websocket.accept'})
        while (await receive())['type'] == 'websocket.receive':
            pass
    else:
        told = {
            'client': (scope['client'] or [''])[0], 'scheme': scope['scheme'], 'root': scope['root_path'],
            'started': started, 'stage': os.environ.get('STAGE'), 'extra': os.environ.get('EXTRA'),
        }
        await send({'type': 'http.response.start', 'status': 200, 'headers': []})
        await send({'type': 'http.response.body', 'body': json.dumps(told).encode()})

def create_app():
    return app
`;
const FORWARDED = 'X-Forwarded-For: 192.0.2.9:4711\r\nX-Forwarded-Proto: https\r\n';
const START_MS = 30_000;
const CERTIFICATES = makeFolder();
after(() => rmSync(CERTIFICATES, { recursive: true }));
const AUTHORITY = new Authority(CERTIFICATES);
const SITE = AUTHORITY.issue('site', { password: 'open sesame' });
const VISITOR = AUTHORITY.issue('visitor');

interface CommandLine {
  readonly args: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

function launch({ args, files = { 'app.py': APP }, env = {} }: CommandLine): Server {
  const folder = makeFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { PATH, HOME } = process.env;
  const child = spawn(PORTICO, args, {
    cwd: folder,
    env: { PATH, HOME, TMPDIR: folder, PYTHONDONTWRITEBYTECODE: '1', PORTICO_EDGE_THREADS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Server(child, folder);
}

async function start(line: CommandLine): Promise<Server> {
  const server = launch(line);
  try {
    await server.logged(/is ready \(/, START_MS);
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return server;
}

async function told(server: Server, fields = ''): Promise<Record<string, unknown>> {
  const { status, body } = await server.ask('/', { fields });
  assert.equal(status, 200);
  return JSON.parse(body) as Record<string, unknown>;
}

/** The scheme that the application was told of over a connection with TLS. */
async function schemeOverTls(server: Server, options: ConnectionOptions = {}): Promise<unknown> {
  using client = await Client.secure(server.port, { ca: readFileSync(AUTHORITY.cert), ...options });
  return await schemeOver(client);
}

async function schemeOver(client: Client): Promise<unknown> {
  client.send('GET / HTTP/1.1\r\nHost: site.test\r\n\r\n');
  const { status, body } = await client.read();
  assert.equal(status, 200);
  return (JSON.parse(body) as { readonly scheme: unknown }).scheme;
}

/** What a client shows. */
function identify({ cert, key }: typeof VISITOR): ConnectionOptions {
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

/** The code with which the server ends a WebSocket that sends so many bytes. */
async function closeCode(server: Server, bytes: number): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/`);
  await once(socket, 'open');
  socket.send('x'.repeat(bytes));
  // An event of the browser's interface, of which once() knows no more.
  const [event] = (await once(socket, 'close')) as [CloseEvent];
  return event.code;
}

test('portico uvicorn', async () => {
  await using server = await start({
    args: [
      'uvicorn',
      'shop:create_app',
      '--factory',
      '--app-dir',
      'src',
      '--port',
      '0',
      '--use-colors',
      '--root-path',
      '/api',
      '--env-file',
      '.env',
      '--ws-max-size',
      '10',
      '--http',
      'httptools',
    ],
    files: { 'src/shop.py': APP, '.env': 'STAGE=file\nEXTRA=file\n' },
    env: { STAGE: 'production', WEB_CONCURRENCY: '2' },
  });
  assert.deepEqual(await told(server, FORWARDED), {
    client: '192.0.2.9',
    scheme: 'https',
    root: '/api',
    started: ['yes'],
    stage: 'production',
    extra: 'file',
  });
  assert.match(server.log, /portico: info: --use-colors: /);
  assert.match(server.log, /portico: info: --http: /);
  assert.equal(server.workerPids.length, 2);
  await server.logged(/^192\.0\.2\.9 - - \[.*"GET \/ HTTP\/1\.1" 200 /m);
  assert.equal(await closeCode(server, 11), 1009);
  server.signal('SIGTERM');
  assert.equal(await server.exit, 0);
});

test('portico uvicorn --no-proxy-headers --no-access-log', async () => {
  await using server = await start({
    args: ['uvicorn', 'app:app', '--port=0', '--no-proxy-headers', '--no-access-log'],
  });
  const { client, scheme } = await told(server, FORWARDED);
  assert.deepEqual({ client, scheme }, { client: '127.0.0.1', scheme: 'http' });
  assert.doesNotMatch(server.log, /"GET \//);
});

test('portico daphne', async () => {
  await using server = await start({
    args: [
      'daphne',
      '-e',
      'tcp:port=0:interface=127.0.0.1',
      '-u',
      'site.sock',
      '--websocket-max-message-size',
      '10',
      'app:app',
    ],
    env: { WEB_CONCURRENCY: '2' },
  });
  const { client, started } = await told(server, FORWARDED);
  assert.deepEqual({ client, started }, { client: '127.0.0.1', started: [] }, 'no lifespan, no trust');
  assert.equal(server.workerPids.length, 1);
  await server.logged(/"GET \/ HTTP\/1\.1" 200 /);
  assert.equal(await closeCode(server, 11), 1009);
  using unix = await Client.open({ path: join(server.folder, 'site.sock') });
  unix.send('GET / HTTP/1.1\r\nHost: site.test\r\n\r\n');
  assert.equal((await unix.read()).status, 200);
});

test('portico daphne --proxy-headers', async () => {
  await using server = await start({ args: ['daphne', '-p', '0', '--proxy-headers', '-v', '1', 'app:app'] });
  const { client, scheme } = await told(server, FORWARDED);
  assert.deepEqual({ client, scheme }, { client: '192.0.2.9', scheme: 'https' });
  assert.match(server.log, /portico: info: --proxy-headers: every peer is believed/);
});

test('portico hypercorn', async () => {
  await using server = await start({
    args: ['hypercorn', '--config', 'hypercorn.toml', '-w', '2', 'app'],
    files: {
      'app.py': APP,
      'hypercorn.toml':
        'bind = ["127.0.0.1:0", "unix:site.sock"]\nworkers = 1\nroot_path = "/api/"\npid_path = "site.pid"\n',
    },
  });
  const { client, root, started } = await told(server, FORWARDED);
  assert.deepEqual({ client, root, started }, { client: '127.0.0.1', root: '/api', started: ['yes'] });
  assert.equal(server.workerPids.length, 2);
  assert.doesNotMatch(server.log, /"GET \//, 'no access log unless asked for');
  using unix = await Client.open({ path: join(server.folder, 'site.sock') });
  unix.send('GET / HTTP/1.1\r\nHost: site.test\r\n\r\n');
  assert.equal((await unix.read()).status, 200);
});

test('portico uvicorn --ssl-certfile --ssl-keyfile', async () => {
  await using server = await start({
    args: ['uvicorn', 'app:app', '--port=0', '--ssl-version', '17', '--ssl-ca-certs', AUTHORITY.cert],
    env: {
      UVICORN_SSL_CERTFILE: SITE.cert,
      UVICORN_SSL_KEYFILE: SITE.key,
      UVICORN_SSL_KEYFILE_PASSWORD: 'open sesame',
    },
  });
  assert.equal(await schemeOverTls(server), 'https', 'without a certificate of its own');
  assert.match(server.log, /portico: warning: --ssl-ca-certs: clients are asked for no certificate/);
});

test('portico uvicorn --ssl-cert-reqs 2', async () => {
  const { cert, key } = VISITOR;
  const files = ['--ssl-certfile', cert, '--ssl-keyfile', key, '--ssl-ca-certs', AUTHORITY.cert];
  await using server = await start({ args: ['uvicorn', 'app:app', '--port=0', ...files, '--ssl-cert-reqs', '2'] });
  assert.equal(await schemeOverTls(server, identify(VISITOR)), 'https');
  await assert.rejects(schemeOverTls(server));
});

test('portico daphne -e ssl:', async () => {
  const { cert, key } = VISITOR;
  await using server = await start({
    args: ['daphne', '-e', `ssl:0:${key}:certKey=${cert}:interface=127.0.0.1`, '-u', 'site.sock', 'app:app'],
  });
  assert.equal(await schemeOverTls(server), 'https');
  using unix = await Client.open({ path: join(server.folder, 'site.sock') });
  assert.equal(await schemeOver(unix), 'http');
});

test('portico hypercorn --certfile --keyfile --insecure-bind', async () => {
  await using server = await start({
    args: ['hypercorn', '-c', 'h.toml', '-b', '127.0.0.1:0', '--verify-mode', 'CERT_OPTIONAL', 'app'],
    files: {
      'app.py': APP,
      'h.toml': [
        `certfile = "${SITE.cert}"\nkeyfile = "${SITE.key}"\nkeyfile_password = "open sesame"`,
        `ca_certs = "${AUTHORITY.cert}"\nciphers = "ECDHE+AESGCM"\ninsecure_bind = "127.0.0.1:0"\n`,
      ].join('\n'),
    },
  });
  assert.equal(await schemeOverTls(server), 'https');
  assert.equal(await schemeOverTls(server, identify(VISITOR)), 'https');
  const strangers = new Authority(CERTIFICATES, 'strangers');
  await assert.rejects(schemeOverTls(server, identify(strangers.issue('stranger'))));
  const [, port] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(server.log) ?? [];
  using plain = await Client.open(Number(port));
  assert.equal(await schemeOver(plain), 'http');
});

for (const [args, expected] of [
  [['uvicorn', 'app:app', '--http2'], /^Error: Option '--http2' is not supported: HTTP\/2 is to come/m],
  [
    ['daphne', 'app:app', '--prot', '1'],
    /^portico daphne: error: unrecognized arguments: --prot Did you mean --port\?/m,
  ],
  [
    ['daphne', 'app:app', '-e', 'ssl:443:k.pem:c.pem:extraCertChain=chain.pem'],
    /^portico daphne: error: argument -e\/--endpoint: "extraCertChain" is not supported in ssl:\. Put /m,
  ],
  [['hypercorn', 'app', '-c', 'none.toml'], /^portico hypercorn: error: none.toml: it cannot be read \(ENOENT\)\./m],
] as const) {
  test(`portico ${args.join(' ')}: exit code 2`, async () => {
    await using server = launch({ args });
    assert.equal(await server.exit, 2);
    assert.match(server.log, expected);
  });
}
