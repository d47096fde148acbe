// TLS on both sides of a stream: ended here for its clients, and begun here with its servers.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { after, before, test } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { connect, createServer, TLSSocket } from 'node:tls';
import { Authority } from './certificates.ts';
import { findPort } from './free-port.ts';
import type { NginxServer } from './nginx-server.ts';
import { runNginx } from './nginx-server.ts';
import { makeFolder } from './server.ts';
import type { Backend } from './stream-server.ts';
import { dial, echo, listenTo, readToEnd } from './stream-server.ts';
import { until } from './waiting.ts';

const folder = makeFolder();
chmodSync(folder, 0o755);
const authority = new Authority(folder);
const site = authority.issue('site');
const own = authority.issue('own', { subject: '/CN=me' });
const read = (path: string): string => readFileSync(path, 'utf8');

let plain: Backend;
let headed: Backend;
let nginx: NginxServer;
/** Says by which name it was asked for, and by whom. */
const secure = createServer(
  { cert: read(site.cert), key: read(site.key), ca: read(authority.cert), requestCert: true },
  (socket) => {
    const { CN = 'nobody' } = socket.getPeerCertificate().subject ?? {};
    socket.on('error', () => undefined).end(`${String(socket.servername)} ${String(CN)}`);
  },
);
/** Takes the header of the PROXY protocol, and what speaks TLS behind it: says both, and then what it gets. */
const behindHeader = (socket: Socket): void => {
  socket.once('readable', () => {
    let header = '';
    for (let byte = socket.read(1) as Buffer | null; byte !== null; byte = socket.read(1) as Buffer | null) {
      header += byte.latin1Slice();
      if (header.endsWith('\r\n')) break;
    }
    const inside = new TLSSocket(socket, { isServer: true, cert: read(site.cert), key: read(site.key) });
    inside.on('error', () => undefined).write(header.replaceAll(/\d{4,5}/g, 'PORT'));
    inside.pipe(inside);
  });
};
const ports: Record<string, number> = {};

before(async () => {
  plain = await listenTo(echo);
  headed = await listenTo(behindHeader);
  secure.listen(0, '127.0.0.1');
  await once(secure, 'listening');
  const to = `127.0.0.1:${(secure.address() as AddressInfo).port}`;
  const shown = `ssl_certificate ${site.cert}; ssl_certificate_key ${site.key};`;
  const verified = `proxy_ssl on; proxy_ssl_verify on; proxy_ssl_trusted_certificate ${authority.cert}; proxy_ssl_server_name on;`;
  const told = await findPort();
  ports['spoken'] = told;
  const servers: Readonly<Record<string, string>> = {
    ended: `${shown} proxy_pass 127.0.0.1:${plain.port};`,
    told: `${shown} ssl_alpn postgresql; return "$ssl_protocol $ssl_server_name $ssl_alpn_protocol $ssl_session_reused";`,
    asked: `${shown} ssl_client_certificate ${authority.cert}; ssl_verify_client on; return "$ssl_client_s_dn";`,
    begun: `${verified} proxy_ssl_name site.test; proxy_ssl_certificate ${own.cert}; proxy_ssl_certificate_key ${own.key}; proxy_pass ${to};`,
    fronted: `${shown} set_real_ip_from 127.0.0.0/8; return "$proxy_protocol_addr $remote_addr $realip_remote_addr $ssl_server_name";`,
    spoken: `${shown} ssl_alpn v1 v2; return "$ssl_alpn_protocol";`,
    counted: `${shown} ssl_alpn one; limit_conn ends 1; return x;`,
    closed: `${shown} deny all; return x;`,
    headed: `proxy_ssl on; proxy_protocol on; proxy_pass 127.0.0.1:${headed.port};`,
    offering: `${shown} ssl_alpn v1 v2; proxy_ssl on; proxy_ssl_alpn $ssl_alpn_protocol v2; proxy_pass 127.0.0.1:${told};`,
    stranger: `${verified} proxy_ssl_name other.test; proxy_pass ${to};`,
  };
  const blocks: string[] = [];
  for (const [name, text] of Object.entries(servers)) {
    ports[name] ??= await findPort();
    const ssl = ['begun', 'stranger', 'headed'].includes(name)
      ? ''
      : name === 'fronted'
        ? ' ssl proxy_protocol'
        : ' ssl';
    blocks.push(`server { listen 127.0.0.1:${ports[name]}${ssl}; ${text} }`);
  }
  nginx = await runNginx(
    '',
    {},
    {
      main: `error_log stderr info;\nstream { limit_conn_zone $server_port zone=ends:64k; log_format end '$server_port $status $server_addr'; access_log ${folder}/ends.log end; ${blocks.join('\n')} }`,
    },
  );
});

after(async () => {
  await nginx[Symbol.asyncDispose]();
  await plain[Symbol.asyncDispose]();
  await headed[Symbol.asyncDispose]();
  secure.close();
  rmSync(folder, { recursive: true });
});

/** What a TLS client gets when it has said something. */
async function ask(name: string, text: string, options: ConnectionOptions = {}): Promise<string> {
  const socket = connect({
    host: '127.0.0.1',
    port: ports[name] ?? 0,
    ca: read(authority.cert),
    servername: 'site.test',
    ...options,
  });
  let got = '';
  socket.on('data', (bytes: Buffer) => {
    got += bytes.latin1Slice();
    if (text !== '' && got.length >= text.length) socket.end();
  });
  socket.on('error', () => undefined);
  socket.write(text);
  await new Promise((resolve) => socket.once('close', resolve));
  return got;
}

test('TLS of clients ends here, and their bytes are passed on both ways', async () => {
  const text = 'x'.repeat(300_000);
  assert.equal(await ask('ended', text), text);
});

test('a client that does not speak TLS is not passed on', async () => {
  const before = plain.sockets.length;
  const client = await dial(ports['ended'] ?? 0);
  client.write('GET / HTTP/1.0\r\n\r\n');
  await readToEnd(client);
  assert.equal(plain.sockets.length, before);
});

test('variables tell of the handshake, and a protocol is agreed on where one is said', async () => {
  assert.equal(await ask('told', '', { ALPNProtocols: ['postgresql'] }), 'TLSv1.3 site.test postgresql .');
  assert.equal(await ask('ended', 'x', { ALPNProtocols: ['anything'] }), 'x');
});

test('a server is offered the protocols that are said, and those that a variable has', async () => {
  assert.equal(await ask('offering', '', { ALPNProtocols: ['v1'] }), 'v1');
  assert.equal(await ask('offering', ''), 'v2');
});

test('a client that reads a text and leaves has a session that it can take up again', async () => {
  const socket = connect({
    host: '127.0.0.1',
    port: ports['told'] ?? 0,
    servername: 'site.test',
    ca: read(authority.cert),
  });
  let session: Buffer | undefined;
  socket.on('session', (kept: Buffer) => {
    session = kept;
  });
  await once(socket, 'data');
  const early = session;
  socket.destroy();
  assert.ok(early !== undefined, 'tickets come before the text');
  assert.match(await ask('told', '', { session: early }), / r$/);
});

test('clients show a certificate where it is asked for', async () => {
  assert.equal(await ask('asked', '', { cert: read(own.cert), key: read(own.key) }), 'CN=me');
  assert.equal(await ask('asked', ''), '');
  await nginx.server.logged(/client sent no required SSL certificate while SSL handshaking, client: 127\.0\.0\.1/);
});

test('TLS with servers begins here: with a name, a certificate, and trust', async () => {
  assert.equal(String((await readToEnd(await dial(ports['begun'] ?? 0))).bytes), 'site.test me');
  assert.equal(String((await readToEnd(await dial(ports['stranger'] ?? 0))).bytes), '');
  await nginx.server.logged(
    /upstream SSL certificate does not match "other\.test" while SSL handshaking to upstream, client/,
  );
});

test('a header of the PROXY protocol goes before the handshake with the server, and once', async () => {
  const client = await dial(ports['headed'] ?? 0);
  client.write('hello');
  let got = '';
  while (!got.endsWith('hello')) got += String((await once(client, 'data'))[0]);
  assert.equal(got, 'PROXY TCP4 127.0.0.1 127.0.0.1 PORT PORT\r\nhello');
  client.end();
  const [, counts] = await nginx.server.logged(/bytes from\/to client:5\/\d+, bytes from\/to upstream:\d+\/(\d+)/);
  assert.ok(
    Number(counts) > 'hello'.length + 'PROXY TCP4 127.0.0.1 127.0.0.1 '.length,
    'the header is among what was sent',
  );
});

test('a header of the PROXY protocol comes before the handshake, in pieces or with it, and what is none is refused', async () => {
  for (const cut of [7, 1000]) {
    const text = 'PROXY TCP4 192.0.2.7 192.0.2.8 1234 443\r\n';
    const carrier = await dial(ports['fronted'] ?? 0);
    carrier.setNoDelay(true).write(text.slice(0, cut));
    carrier.write(text.slice(cut));
    const client = connect({ socket: carrier, ca: read(authority.cert), servername: 'site.test' });
    const got = await readToEnd(client);
    assert.equal(String(got.bytes), '192.0.2.7 192.0.2.7 127.0.0.1 site.test');
    client.destroy();
  }
  const stranger = await dial(ports['fronted'] ?? 0);
  stranger.write('\x16\x03\x01 no header at all\r\n');
  assert.equal((await readToEnd(stranger)).bytes.length, 0);
  await nginx.server.logged(
    /broken header: "\\x16\\x03\\x01 no.*" while reading PROXY protocol, client: 127\.0\.0\.1, server/,
  );
});

/** Lines of the access log about the server. */
function endsOf(name: string): readonly string[] {
  const port = ports[name] ?? 0;
  return read(`${folder}/ends.log`)
    .split('\n')
    .filter((line) => line.startsWith(`${port} `))
    .map((line) => line.slice(`${port} `.length));
}

test('a client that is denied gets no handshake, and each that is refused has a line in the log', async () => {
  // Not a word is waited for.
  const client = await dial(ports['closed'] ?? 0);
  assert.equal((await readToEnd(client)).bytes.length, 0);
  await until('the line of the client that is denied', () => endsOf('closed').length > 0);
  assert.deepEqual(endsOf('closed'), ['403 127.0.0.1']);
  const told = endsOf('told').length;
  await ask('told', '', { ALPNProtocols: ['smtp'] });
  const plainly = await dial(ports['told'] ?? 0);
  plainly.write('GET / HTTP/1.0\r\n\r\n');
  await readToEnd(plainly);
  const gone = await dial(ports['told'] ?? 0);
  gone.end();
  await readToEnd(gone);
  await until('the lines of handshakes that failed', () => endsOf('told').length === told + 3);
  assert.deepEqual(endsOf('told').slice(told), Array(3).fill('500 127.0.0.1'));
  // A place among those that are counted is free again when a handshake has failed.
  await ask('counted', '', { ALPNProtocols: ['two'] });
  assert.equal(await ask('counted', '', { ALPNProtocols: ['one'] }), 'x');
  const header = await dial(ports['fronted'] ?? 0);
  const before = endsOf('fronted').length;
  // No family begins like this: nobody waits for the rest of the line.
  header.write('PROXY IN');
  await readToEnd(header);
  await until('the line of the header that is none', () => endsOf('fronted').length > before);
  assert.equal(endsOf('fronted').at(-1), '400 127.0.0.1');
});
