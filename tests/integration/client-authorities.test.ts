// Clients are told of the authorities of `ssl_client_certificate` when they are asked for a certificate; one of `ssl_trusted_certificate` is as good, and they are not told of it.

import { equal, match } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Issued } from './certificates.ts';
import { Authority } from './certificates.ts';
import { Client } from './client.ts';
import { findPort } from './free-port.ts';
import type { NginxServer } from './nginx-server.ts';
import { runNginx } from './nginx-server.ts';
import { makeFolder } from './server.ts';

const folder = makeFolder();
const told = new Authority(folder, 'told');
const silent = new Authority(folder, 'silent');
const stranger = new Authority(folder, 'stranger');
const site = told.issue('site');
const [alice, bob, carol] = [told.issue('alice'), silent.issue('bob'), silent.issue('carol')];
const mallory = stranger.issue('mallory');
const lists = join(folder, 'lists.pem');
writeFileSync(lists, told.revoke() + silent.revoke(carol));

const ONE = `ssl_client_certificate ${told.cert};`;
const BOTH = `${ONE} ssl_trusted_certificate ${silent.cert};`;

let nginx: NginxServer;
let port = 0;
before(async () => {
  port = await findPort();
  const server = (name: string, text: string): string =>
    `server { listen 127.0.0.1:${port} ssl; server_name ${name}; ${text} return 200 "$ssl_client_verify"; }\n`;
  const on = 'ssl_verify_client on;';
  nginx = await runNginx(
    'return 204;',
    {},
    {
      http: [
        `ssl_certificate ${site.cert}; ssl_certificate_key ${site.key};`,
        server('one.test', `${on} ${ONE}`),
        server('both.test', `${on} ${BOTH}`),
        server('silent.test', `${on} ssl_trusted_certificate ${silent.cert};`),
        server('lists.test', `ssl_verify_client optional; ${BOTH} ssl_crl ${lists}; error_page 495 =200 /bad;`),
      ].join(''),
    },
  );
});
after(async () => {
  await nginx[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Who a client is told of: the names of authorities. */
function toldOf(servername: string): string {
  const words = ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', servername];
  const said = execFileSync('openssl', words, { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' });
  const [, names = ''] = /^Acceptable client certificate CA names\n((?:(?:CN|\/CN).*\n)*)/m.exec(said) ?? [];
  equal(names === '', /No client certificate CA names sent/.test(said), said);
  return names
    .replaceAll(/\/?CN ?= ?/g, '')
    .trim()
    .replaceAll('\n', ' ');
}

async function ask(servername: string, { cert, key }: Issued): Promise<string> {
  using client = await Client.secure(port, {
    ...{ servername, rejectUnauthorized: false, cert: readFileSync(cert), key: readFileSync(key) },
  });
  client.send(`GET / HTTP/1.1\r\nHost: ${servername}\r\n\r\n`);
  return (await client.read('GET')).body;
}

test('clients are told of the authorities of ssl_client_certificate alone', () => {
  equal(toldOf('one.test'), 'told');
  equal(toldOf('both.test'), 'told');
  equal(toldOf('silent.test'), '');
});

test('a certificate is good if it is of any of them, and of no other site', async () => {
  equal(await ask('both.test', alice), 'SUCCESS');
  equal(await ask('both.test', bob), 'SUCCESS');
  equal(await ask('silent.test', bob), 'SUCCESS');
  match(await ask('both.test', mallory), /400 The SSL certificate error/);
  match(await ask('one.test', bob), /400 The SSL certificate error/);
  match(await ask('silent.test', alice), /400 The SSL certificate error/);
});

test('lists of what is revoked hold for both', async () => {
  equal(toldOf('lists.test'), 'told');
  equal(await ask('lists.test', alice), 'SUCCESS');
  equal(await ask('lists.test', bob), 'SUCCESS');
  equal(await ask('lists.test', carol), 'FAILED:certificate revoked');
});
