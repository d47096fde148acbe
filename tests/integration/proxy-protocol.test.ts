// A balancer in front names its client in the header of the PROXY protocol, in nginx's files: variables have what it said, `real_ip_header proxy_protocol` believes it, and whoever
// comes without it is refused. The same before a TLS handshake, and after a reload that asks for it.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect as connectSecurely } from 'node:tls';
import { Authority } from './certificates.ts';
import { Client } from './client.ts';
import { runFile } from './file-server.ts';
import { findPort } from './free-port.ts';
import { runNginx } from './nginx-server.ts';

const V1 = 'PROXY TCP4 192.0.2.1 192.0.2.2 123 5678\r\n';
const V2 = '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x11\xc0\0\x02\x01\xc0\0\x02\x02\0\x7b\x16\x2e\x01\0\x02h2';

async function ask(port: number, header: string, path = '/'): Promise<readonly string[]> {
  using client = await Client.open(port);
  client.send(`${header}GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
  const { fields } = await client.read('GET');
  return ['x-pp', 'x-ip'].map((name) => fields.get(name) ?? '');
}

/** What comes until the server closes the connection: by a reset, if it has not read what was sent. */
function answerTo(port: number, pieces: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (bytes: Buffer) => {
      text += bytes.latin1Slice();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', () => resolve(text));
    for (const piece of pieces) {
      socket.write(piece, 'latin1');
    }
  });
}

const FILES = { 'html/a': 'SEE-THIS' };
const RULES = `
  set_real_ip_from 127.0.0.1;
  add_header X-PP "$proxy_protocol_addr $proxy_protocol_port $proxy_protocol_server_addr $proxy_protocol_server_port $proxy_protocol_tlv_alpn";
  add_header X-IP "$remote_addr $remote_port $realip_remote_addr";
  location / { }
  location /believed/ { alias html/; real_ip_header proxy_protocol; }
`;

test('who the client is says the header, to whoever asks for it', async () => {
  const port = await findPort();
  await using nginx = await runNginx(RULES, FILES, {
    http: `server { listen 127.0.0.1:${port} proxy_protocol; root html; ${RULES} }`,
  });
  const said = '192.0.2.1 123 192.0.2.2 5678';
  for (const [header, alpn] of [
    [V1, ''],
    [V2, 'h2'],
  ] as const) {
    const [told, own] = await ask(port, header, '/a');
    assert.equal(told, `${said} ${alpn}`.trim());
    assert.match(own ?? '', /^127\.0\.0\.1 \d+ 127\.0\.0\.1$/);
    assert.deepEqual(await ask(port, header, '/believed/a'), [`${said} ${alpn}`.trim(), '192.0.2.1 123 127.0.0.1']);
  }
  // The balancer's own connection: a health check.
  const [none, own] = await ask(port, 'PROXY UNKNOWN\r\n', '/believed/a');
  assert.deepEqual([none, own?.slice(0, 9)], ['', '127.0.0.1']);

  assert.equal(await answerTo(port, ['GET / HTTP/1.0\r\n\r\n']), '');
  await nginx.server.logged(
    /\[error\] .*broken header: "GET \/ HTTP\/1\.0\\x0D\\x0A\\x0D\\x0A" while reading PROXY protocol, client: 127\.0\.0\.1, server: 127\.0\.0\.1:\d+$/m,
  );
  // A header in pieces, with the beginning of the request behind it.
  assert.match(
    await answerTo(port, [...V1.split(''), 'GET /a HTTP/1.0\r', '\n\r\n']),
    /^HTTP\/1\.1 200 [\s\S]*SEE-THIS$/,
  );
});

test('the header stands before the handshake, and names the client where its balancer is believed', async () => {
  const port = await findPort();
  await using server = await runFile({ 'portico.toml': site(port, '', '') });
  const authority = new Authority(server.folder);
  const { cert, key } = authority.issue('site');
  const tls = `tls = { certificates = [{ certificate = "${cert}", key = "${key}" }] }\n`;
  const reload = async (text: string): Promise<void> => {
    const from = server.log.length;
    writeFileSync(join(server.folder, 'portico.toml'), text);
    server.signal('SIGHUP');
    await server.logged(/the new configuration is served/, undefined, from);
  };
  await reload(`[forwarding]\nproxy-protocol-from = ["127.0.0.1"]\n${site(port, ' tls proxy-protocol', tls)}`);
  assert.equal(await askSecurely(port, V2, readFileSync(authority.cert)), '192.0.2.1 123');
  await reload(`[forwarding]\nproxy-protocol-from = ["10.0.0.0/8"]\n${site(port, ' proxy-protocol', '')}`);
  assert.equal(await answerTo(port, [V1]), '');
  await server.logged(/a peer that may not send the header/);
  await reload(site(port, '', ''));
  assert.match(await answerTo(port, ['GET / HTTP/1.0\r\n\r\n']), /\r\n\r\n127\.0\.0\.1 /);
});

function site(port: number, words: string, more: string): string {
  return `[[site]]\nlisten = "127.0.0.1:${port}${words}"\nreply = "$remote_addr $remote_port"\n${more}`;
}

function askSecurely(port: number, header: string, ca: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const carrier = connect(port, '127.0.0.1');
    carrier.on('error', reject);
    carrier.write(header, 'latin1');
    const socket = connectSecurely({
      socket: carrier,
      ca,
      servername: 'site.test',
      checkServerIdentity: () => undefined,
    });
    socket.on('error', reject);
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.latin1Slice();
    });
    socket.on('end', () => resolve(text.split('\r\n\r\n')[1] ?? ''));
    socket.write('GET / HTTP/1.0\r\nHost: site.test\r\n\r\n');
  });
}
