// nginx in front by the uwsgi protocol, over TCP and a Unix socket, with Debian's own uwsgi_params; and whoever speaks it badly.

import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { renderUwsgiPacket } from '../../src/protocol/uwsgi/render-packet.ts';
import type { Answer } from './client.ts';
import { Client } from './client.ts';
import { runFile } from './file-server.ts';
import { findPort } from './free-port.ts';
import type { Server } from './server.ts';
import { makeFolder, serve } from './server.ts';
import { until, within } from './waiting.ts';

const NGINX = '/usr/sbin/nginx';
const APP = `
import hashlib, json, time

def application(environ, start):
    path = environ['PATH_INFO']
    if path == '/hash':
        digest = hashlib.sha256(environ['wsgi.input'].read()).hexdigest()
        start('200 OK', [('Content-Length', '64')])
        return [digest.encode()]
    if path == '/stream':
        def stream():
            for index in range(200):
                yield b'%d ' % index * 1000
        start('200 OK', [])
        return stream()
    if path == '/slow':
        def slow():
            try:
                while True:
                    yield b'x' * 65536
                    time.sleep(0.01)
            finally:
                print('the response was given up', flush=True)
        start('200 OK', [])
        return slow()
    if path in ('/204', '/304'):
        start(path[1:] + ' X', [])
        return []
    start('200 OK', [('Content-Type', 'application/json')])
    return [json.dumps({key: value for key, value in environ.items() if isinstance(value, str)}).encode()]
`;

let site: Server;
let nginx: ChildProcess;
let front = '';
let port = 0;
let unix = '';
before(async () => {
  port = await findPort();
  const folder = join(makeFolder(), 'nginx');
  mkdirSync(folder);
  front = join(folder, 'front.sock');
  unix = join(folder, 'app.sock');
  const binds = ['127.0.0.1:0', `uwsgi://127.0.0.1:${port}`, `uwsgi:${unix}`];
  site = await serve({ app: APP, args: ['--access-log', '-', ...binds.flatMap((bind) => ['--bind', bind])] });
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder));
  nginx = spawn(NGINX, ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')]);
  await until('nginx is ready', () => existsSync(join(folder, 'nginx.pid')));
});
after(async () => {
  const ended = once(nginx, 'exit');
  nginx.kill('SIGTERM');
  await ended;
  await site[Symbol.asyncDispose]();
});

function configuration(folder: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
master_process off;
pid ${join(folder, 'nginx.pid')};
events {}
http {
  access_log off;
  client_max_body_size 100m;
  ${paths.map((name) => `${name}_temp_path ${join(folder, name)};`).join('\n  ')}
  include /etc/nginx/uwsgi_params;
  server {
    listen unix:${front} proxy_protocol;
    server_name site.test;
    set_real_ip_from unix:;
    real_ip_header proxy_protocol;
    location / { uwsgi_pass 127.0.0.1:${port}; }
    location /unix/ { rewrite ^/unix(/.*)$ $1 break; uwsgi_pass unix:${unix}; }
    location /secure/ { rewrite ^/secure(/.*)$ $1 break; include /etc/nginx/uwsgi_params; uwsgi_param UWSGI_SCHEME https; uwsgi_pass unix:${unix}; }
    location /stream { uwsgi_buffering off; uwsgi_request_buffering off; uwsgi_pass unix:${unix}; }
    location /shop/ { rewrite ^/shop(/.*)$ $1 break; include /etc/nginx/uwsgi_params; uwsgi_param SCRIPT_NAME /shop; uwsgi_param REMOTE_USER kim; uwsgi_param X-Setting "a b"; uwsgi_param UWSGI_CHDIR /tmp; uwsgi_param wsgi.url_scheme gopher; uwsgi_pass 127.0.0.1:${port}; }
    location /kept/ { include /etc/nginx/uwsgi_params; uwsgi_param SCRIPT_NAME /kept; uwsgi_pass unix:${unix}; }
    location /cut/ { include /etc/nginx/uwsgi_params; uwsgi_param SCRIPT_NAME /cut; uwsgi_modifier1 30; uwsgi_pass unix:${unix}; }
    location /slow { uwsgi_buffering off; uwsgi_pass unix:${unix}; }
  }
}
`;
}

/** A request of the client 192.0.2.7 to nginx. */
async function ask(path: string, fields = '', method = 'GET', body = ''): Promise<Answer> {
  using client = await Client.open({ path: front });
  client.send(
    `PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\n${method} ${path} HTTP/1.1\r\nHost: site.test\r\n${fields}\r\n${body}`,
  );
  return await client.read(method);
}

async function environ(path: string, fields = ''): Promise<Record<string, string>> {
  const answer = await ask(path, fields);
  return JSON.parse(answer.body) as Record<string, string>;
}

test('the application sees the client, the scheme and the path as nginx says them', async () => {
  const { REMOTE_ADDR, SERVER_NAME, HTTP_HOST, PATH_INFO, QUERY_STRING, HTTP_X_A, ...rest } = await environ(
    '/a%2Fb%C3%A9?q=%20',
    'X-A: 1\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n',
  );
  assert.deepEqual(
    { REMOTE_ADDR, SERVER_NAME, HTTP_HOST, PATH_INFO, QUERY_STRING, HTTP_X_A, scheme: rest['wsgi.url_scheme'] },
    {
      ...{ REMOTE_ADDR: '192.0.2.7', SERVER_NAME: 'site.test', HTTP_HOST: 'site.test', PATH_INFO: '/a/b\xc3\xa9' },
      ...{ QUERY_STRING: 'q=%20', HTTP_X_A: '1', scheme: 'http' },
    },
  );
});

test('what the client itself says of its scheme and address is not believed', async () => {
  const forged = 'X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n';
  const plain = await environ('/x', forged);
  const secure = await environ('/secure/x', forged);
  for (const [seen, scheme] of [
    [plain, 'http'],
    [secure, 'https'],
  ] as const) {
    assert.equal(seen['HTTP_X_FORWARDED_PROTO'], scheme);
    assert.equal(seen['HTTP_X_FORWARDED_FOR'], '192.0.2.7');
  }
});

test('what nginx has rewritten is what is asked for, and it may say that the client has come by TLS', async () => {
  const rewritten = await environ('/unix/x%20y/?a=1');
  assert.deepEqual([rewritten['PATH_INFO'], rewritten['QUERY_STRING']], ['/x y/', 'a=1']);
  assert.equal((await environ('/secure/x'))['wsgi.url_scheme'], 'https');
});

test('SCRIPT_NAME and PATH_INFO come as nginx says them, and with modifier 30 the one is taken away from the other', async () => {
  for (const [path, scriptName, pathInfo] of [
    ['/shop/x%20y/?a=1', '/shop', '/x y/'],
    ['/kept/x', '/kept', '/kept/x'],
    ['/cut/x', '/cut', '/x'],
  ] as const) {
    const seen = await environ(path);
    assert.deepEqual([seen['SCRIPT_NAME'], seen['PATH_INFO'], seen['REQUEST_URI']], [scriptName, pathInfo, path]);
  }
});

test('other variables reach the application, which is the same whatever they say, and none takes the place of what the server says', async () => {
  const seen = await environ('/shop/x', 'Connection: close\r\n');
  const names = ['REMOTE_USER', 'X-Setting', 'UWSGI_CHDIR', 'SERVER_PROTOCOL', 'REQUEST_SCHEME', 'HTTP_CONNECTION'];
  assert.deepEqual(
    [...names, 'CONTENT_LENGTH', 'wsgi.url_scheme'].map((name) => seen[name]),
    ['kim', 'a b', '/tmp', 'HTTP/1.1', 'http', 'close', '', 'http'],
  );
  assert.equal(seen['DOCUMENT_ROOT'], (await environ('/unix/x'))['DOCUMENT_ROOT']);
  assert.match(seen['REMOTE_PORT'] ?? '', /^4711$/);
});

test('bodies of 10 MB come whole, sent with a length and in chunks', async () => {
  const body = 'portico!'.repeat(1_310_720);
  const digest = createHash('sha256').update(body).digest('hex');
  for (const path of ['/hash', '/unix/hash']) {
    const sent = await ask(path, `Content-Length: ${body.length}\r\n`, 'POST', body);
    assert.equal(sent.body, digest, path);
  }
  const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  assert.equal((await ask('/hash', 'Transfer-Encoding: chunked\r\n', 'POST', chunked)).body, digest);
});

test('responses stream, and those without a body have none', async () => {
  const expected = Array.from({ length: 200 }, (_, index) => `${index} `.repeat(1000)).join('');
  assert.equal((await ask('/stream')).body, expected);
  assert.equal((await ask('/unix/stream')).body, expected);
  assert.deepEqual((await ask('/x', '', 'HEAD')).body.length, 0);
  assert.equal((await ask('/204')).status, 204);
  assert.equal((await ask('/304')).status, 304);
});

test('a client that leaves ends its response', async () => {
  const client = await Client.open({ path: front });
  client.send('PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\nGET /slow HTTP/1.1\r\nHost: site.test\r\n\r\n');
  await until('some of it has come', () => client.socket.bytesRead > 100_000);
  client[Symbol.dispose]();
  await site.logged(/the response was given up/);
});

const ASKED = { REQUEST_METHOD: 'GET', REQUEST_URI: '/x', PATH_INFO: '/x', QUERY_STRING: '', HTTP_HOST: 'a.test' };

function packetOf(said: Readonly<Record<string, string>>, modifier1 = 0): Buffer {
  const variables = Object.entries(said).map(([name, value]) => ({ name, value }));
  const packet = renderUwsgiPacket(variables, { modifier1, modifier2: 0, tail: '' });
  assert.ok(Buffer.isBuffer(packet));
  return packet;
}

/** What comes until the server closes the connection. */
function answerTo(pieces: readonly (Buffer | string)[], { at = port, ends = false } = {}): Promise<string> {
  const answer = new Promise<string>((resolve) => {
    let text = '';
    const socket = connect(at, '127.0.0.1');
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      text += bytes.latin1Slice();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', () => resolve(text));
    for (const piece of pieces) {
      socket.write(piece);
    }
    if (ends) {
      socket.end();
    }
  });
  return within(10_000, 'the server closes the connection', answer);
}

test('a packet may come in pieces, with its body behind it, and what has no length is read to the end', async () => {
  const packet = packetOf({ ...ASKED, REQUEST_METHOD: 'POST', PATH_INFO: '/hash', CONTENT_LENGTH: '3' });
  const bytes = [...packet, ...Buffer.from('abc')].map((byte) => Buffer.from([byte]));
  const digest = createHash('sha256').update('abc').digest('hex');
  assert.match(await answerTo(bytes), new RegExp(`^HTTP/1\\.1 200 OK\r\n[\\s\\S]*\r\n\r\n${digest}$`));
  const stream = await answerTo([packetOf({ ...ASKED, REQUEST_URI: '/stream', PATH_INFO: '/stream' })]);
  assert.doesNotMatch(stream, /Transfer-Encoding/i);
  assert.match(stream, /\r\n\r\n0 0 [\s\S]*199 $/);
});

test('what is no request of the protocol is answered with a status and told in the log', async () => {
  for (const [sent, status, told] of [
    [packetOf(ASKED, 5), 400, 'uwsgi.bad-modifier'],
    ['GET / HTTP/1.1\r\n\r\n', 400, 'a client that speaks HTTP'],
    ['\0\x03\0\0\x09\0A', 400, 'uwsgi.bad-packet'],
    [packetOf({ ...ASKED, CONTENT_LENGTH: '-1' }), 400, 'uwsgi.bad-length'],
    [packetOf({ ...ASKED, HTTP_TRANSFER_ENCODING: 'chunked' }), 411, 'uwsgi.no-length'],
    [packetOf({ ...ASKED, PATH_INFO: '/static/../secret' }), 400, 'uwsgi.bad-target'],
    [packetOf({ ...ASKED, HTTP_X: 'a\r\nX-Forwarded-For: 1.1.1.1' }), 400, 'uwsgi.bad-field'],
    [packetOf({ ...ASKED, REMOTE_ADDR: 'localhost' }), 400, 'uwsgi.bad-client'],
    [packetOf({ ...ASKED, HTTP_COOKIE: 'c'.repeat(40_000) }), 431, 'http1.head-too-large'],
  ] as const) {
    assert.match(await answerTo([sent]), new RegExp(`^HTTP/1\\.1 ${status} `), told);
  }
  assert.match(await answerTo([packetOf(ASKED).subarray(0, 20)], { ends: true }), /^HTTP\/1\.1 400 /);
  await site.logged(/uwsgi\.bad-modifier, modifier 1 is 5/);
  await site.logged(/"uwsgi: modifier1 5, a packet of \d+ bytes" 400 /);
  await site.logged(/"GET \/x HTTP\/1\.0" 411 /);
});

test('a ping is answered', async () => {
  assert.equal(await answerTo([packetOf({}, 100)], { ends: true }), 'd\0\0\x01');
});

test('packets that never become whole keep nobody else out', async () => {
  const half = packetOf(ASKED).subarray(0, 20);
  const sockets = Array.from({ length: 200 }, () => {
    const socket = connect(port, '127.0.0.1', () => socket.write(half));
    return socket.on('error', () => undefined);
  });
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  assert.match(await answerTo([packetOf(ASKED)]), /^HTTP\/1\.1 200 /);
  for (const socket of sockets) {
    socket.resetAndDestroy();
  }
  assert.match(await answerTo([packetOf(ASKED)]), /^HTTP\/1\.1 200 /);
});

test('a packet is no larger than the setting says, and by a reload an address of uwsgi is one of HTTP, and of uwsgi again', async () => {
  const at = await findPort();
  const speaking = (word: string): string =>
    `[forwarding]\nuwsgi-buffer-size = 200\n[[site]]\nlisten = "127.0.0.1:${at}${word}"\nreply = "hi"\n`;
  await using server = await runFile({ 'portico.toml': speaking(' uwsgi') });
  const reload = async (word: string): Promise<void> => {
    const from = server.log.length;
    writeFileSync(join(server.folder, 'portico.toml'), speaking(word));
    server.signal('SIGHUP');
    await server.logged(/the new configuration is served/, undefined, from);
  };
  const isOk = async (sent: Buffer | string): Promise<boolean> =>
    /^HTTP\/1\.1 200 /.test(await answerTo([sent], { at, ends: true }));
  const spoken = async () => [await isOk(packetOf(ASKED)), await isOk('GET /x HTTP/1.0\r\nHost: a.test\r\n\r\n')];
  assert.deepEqual(await spoken(), [true, false]);
  assert.match(await answerTo([packetOf({ ...ASKED, A: 'x'.repeat(200) })], { at }), /^HTTP\/1\.1 431 /);
  await server.logged(/uwsgi\.packet-too-large, a packet of \d+ bytes, and --uwsgi-buffer-size is 200/);
  await reload('');
  assert.deepEqual(await spoken(), [false, true]);
  await reload(' uwsgi');
  assert.deepEqual(await spoken(), [true, false]);
});

test('the log says where uwsgi is spoken, and peers that are not believed are not served', async () => {
  const at = await findPort();
  await using server = await serve({
    ...{ app: APP, target: 'app:application' },
    args: ['--bind', `uwsgi://127.0.0.1:${at}`, '--forwarded-allow-ips', '10.0.0.1'],
  });
  await server.logged(new RegExp(`uwsgi://127\\.0\\.0\\.1:${at}`));
  assert.equal(await answerTo([packetOf(ASKED)], { at }), '');
  await server.logged(/127\.0\.0\.1 may not speak uwsgi with 127\.0\.0\.1:\d+, by --forwarded-allow-ips/);
});
