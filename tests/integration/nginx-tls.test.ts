// `listen … ssl` of nginx's files: the site that the handshake names shows its certificate, asks for that of the client or refuses, and tells all by variables.

import { equal, match, rejects } from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import type { Issued } from './certificates.ts';
import { Authority } from './certificates.ts';
import type { Answer } from './client.ts';
import { Client } from './client.ts';
import { findPort } from './free-port.ts';
import type { NginxServer } from './nginx-server.ts';
import { runNginx } from './nginx-server.ts';
import { makeFolder } from './server.ts';

const folder = makeFolder();
const authority = new Authority(folder);
const shown = (name: string): Issued => authority.issue(name, { extensions: `subjectAltName=DNS:${name}.test` });
const [first, second] = [shown('first'), shown('second')];
const alice = authority.issue('alice', { subject: '/O=Söhne/CN=alice', extensions: 'extendedKeyUsage=clientAuth' });
const stranger = new Authority(folder, 'elsewhere').issue('alice');
const files = ({ cert, key }: Issued): string => `ssl_certificate ${cert}; ssl_certificate_key ${key};`;

let nginx: NginxServer;
let port = 0;
before(async () => {
  port = await findPort();
  const site = (name: string, text: string): string =>
    `server { listen 127.0.0.1:${port} ssl; server_name ${name}; ${text} }\n`;
  const tls = 'return 200 "$server_name $ssl_server_name $ssl_protocol $ssl_alpn_protocol\\n";';
  const client =
    'return 200 "$ssl_client_verify|$ssl_client_s_dn|$ssl_client_i_dn_legacy|$ssl_client_v_remain|$ssl_client_escaped_cert\\n";';
  const asking = `ssl_client_certificate ${authority.cert};`;
  nginx = await runNginx(
    'return 204;',
    {},
    {
      http: [
        files(first),
        site('first.test', `${tls} error_page 497 =301 https://$host$request_uri;`),
        site('second.test *.second.test', `${files(second)} ssl_protocols TLSv1.2; ${tls}`),
        site('none.test', 'ssl_reject_handshake on;'),
        site('optional.test', `ssl_verify_client optional; ${asking} ${client}`),
        site(
          'required.test',
          `ssl_verify_client on; ${asking} error_page 496 =200 /none; location / { ${client} } location = /none { return 200 "none"; }`,
        ),
        site('any.test', `ssl_verify_client optional_no_ca; ${asking} ${client}`),
      ].join(''),
    },
  );
});
after(async () => {
  await nginx[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function ask(servername: string, { host = servername, ...options }: ConnectionOptions = {}): Promise<Answer> {
  using client = await Client.secure(port, { servername, rejectUnauthorized: false, ...options });
  client.send(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  return await client.read('GET');
}

const shows = ({ cert, key }: Issued): ConnectionOptions => ({ cert: readFileSync(cert), key: readFileSync(key) });
const trusting: ConnectionOptions = { ca: readFileSync(authority.cert), rejectUnauthorized: true };

test('each site shows its own certificate, and a name that is nobody\u2019s gets that of the first', async () => {
  equal(
    (await ask('first.test', { ...trusting, ALPNProtocols: ['http/1.1'] })).body,
    'first.test first.test TLSv1.3 http/1.1\n',
  );
  equal((await ask('second.test', trusting)).body, 'second.test second.test TLSv1.2 \n', 'and speaks its own versions');
  await rejects(ask('a.second.test', trusting), /altnames|ERR_TLS_CERT/);
  equal((await ask('a.second.test')).body, 'second.test a.second.test TLSv1.2 \n');
  await rejects(ask('third.test', trusting), /first\.test/);
  match((await ask('', { host: 'first.test' })).body, /^first\.test {2}TLS/);
});

test('a site that refuses handshakes does so with an alert, before it shows a certificate', async () => {
  await rejects(ask('none.test'), /unrecognized name/);
});

test('what is spoken plainly is answered as the site says', async () => {
  using client = await Client.open(port);
  client.send('GET /a HTTP/1.1\r\nHost: second.test\r\n\r\n');
  const { status, body } = await client.read('GET');
  equal(status, 400);
  match(body, /The plain HTTP request was sent to HTTPS port/);
  using other = await Client.open(port);
  other.send('GET /a HTTP/1.1\r\nHost: first.test\r\n\r\n');
  const redirect = await other.read('GET');
  equal(redirect.status, 301);
  equal(redirect.fields.get('location'), 'https://first.test/a');
});

test('the certificate of a client is checked by the rules of the site, and told', async () => {
  equal((await ask('optional.test')).body, 'NONE||||\n');
  const pem = encodeURIComponent(readFileSync(alice.cert, 'utf8'));
  const told = `CN=alice,O=S\\C3\\B6hne|/CN=ca|29|${pem}\n`;
  equal((await ask('optional.test', shows(alice))).body, `SUCCESS|${told}`);
  match((await ask('optional.test', shows(stranger))).body, /400 The SSL certificate error/);
  match((await ask('any.test', shows(stranger))).body, /^FAILED:unable to .*\|CN=alice\|\/CN=elsewhere\|/);
  equal((await ask('required.test', shows(alice))).body, `SUCCESS|${told}`);
  equal((await ask('required.test')).body, 'none', 'a site may have a page for it');
});

test('a connection that was made for one site cannot be used for another that looks at certificates', async () => {
  equal((await ask('first.test', { host: 'optional.test' })).status, 421);
  equal((await ask('any.test', { host: 'optional.test', ...shows(alice) })).status, 421);
  equal((await ask('optional.test', { host: 'first.test' })).status, 200);
});
