// Certificates whose names have variables are found for each client: by nginx's files, for HTTP and for streams.

import { deepEqual, doesNotMatch, equal, ok, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { connect } from 'node:tls';
import type { Issued } from './certificates.ts';
import { Authority } from './certificates.ts';
import { findPort } from './free-port.ts';
import type { NginxServer } from './nginx-server.ts';
import { runNginx } from './nginx-server.ts';
import { makeFolder } from './server.ts';

const folder = makeFolder();
const certs = join(folder, 'certs');
const authority = new Authority(folder);
const PASSWORD = 'open';

let nginx: NginxServer;
/** Of one port, which the machine has on each of these addresses. */
const [byName, byMap, data, withPassword, stream, asking] = [1, 2, 3, 4, 5, 6].map((at) => `127.0.0.${at + 1}`);
let port = 0;
before(async () => {
  mkdirSync(certs);
  // Started by root, the server becomes nobody.
  for (const path of [folder, certs]) chmodSync(path, 0o755);
  for (const name of ['one', 'two']) put(authority.issue(name), `${name}.test`);
  put(authority.issue('locked', { password: PASSWORD }), 'locked');
  // What nobody may get to by a name: beside the folder.
  const outside = authority.issue('outside');
  copyFileSync(outside.cert, join(folder, 'crt'));
  copyFileSync(outside.key, join(folder, 'key'));
  for (const name of ['crt', 'key']) chmodSync(join(folder, name), 0o644);
  writeFileSync(join(folder, 'passwords'), `other\n${PASSWORD}\n`);
  port = await findPort();
  const files = (name: string): string => `ssl_certificate ${name}.crt; ssl_certificate_key ${name}.key;`;
  const site = (address: string | undefined, text: string): string =>
    `server { listen ${address}:${port} ssl; server_name _; ${text} return 200 served; }\n`;
  const pem = (end: string): string => JSON.stringify(readFileSync(join(certs, `two.test.${end}`), 'utf8'));
  const http = [
    `map $ssl_server_name $chosen { default two.test; ~^o one.test; }`,
    `map $ssl_server_name $cert { default ${pem('crt')}; } map $ssl_server_name $key { default ${pem('key')}; }`,
    site(byName, files(`${certs}/$ssl_server_name`)),
    site(byMap, files(`${certs}/$chosen`)),
    site(data, 'ssl_certificate data:$cert; ssl_certificate_key data:$key;'),
    `map 1 $locked { default ${certs}/locked; }`,
    site(withPassword, `${files('$locked')} ssl_password_file ${folder}/passwords;`),
    site(
      asking,
      `${files(`${certs}/$ssl_server_name`)} ssl_verify_client on; ssl_client_certificate ${authority.cert};`,
    ),
  ].join('\n');
  const main = `stream { server { listen ${stream}:${port} ssl; ${files(`${certs}/$ssl_server_name`)} return served; } }`;
  nginx = await runNginx('return 204;', {}, { http, main });
});
after(async () => {
  rmSync(folder, { recursive: true });
  await nginx[Symbol.asyncDispose]();
});

function put({ cert, key }: Issued, name: string): void {
  for (const [from, end] of [
    [cert, 'crt'],
    [key, 'key'],
  ] as const) {
    copyFileSync(from, join(certs, `${name}.${end}`));
    chmodSync(join(certs, `${name}.${end}`), 0o644);
  }
}

interface Shaken {
  readonly name: string | undefined;
  readonly isReused: boolean;
  readonly session: Buffer | undefined;
}

/** Who the server is to a client that asks for this name. */
async function shake(host: string | undefined, servername: string, options: ConnectionOptions = {}): Promise<Shaken> {
  const socket: TLSSocket = connect({
    ...(host === undefined ? {} : { host }),
    port,
    servername,
    rejectUnauthorized: false,
    ...options,
  });
  let session: Buffer | undefined;
  socket.on('session', (fresh: Buffer) => {
    session = fresh;
  });
  await once(socket, 'secureConnect');
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const name = /CN=(.*)/.exec(socket.getPeerX509Certificate()?.subject ?? '')?.[1];
  const isReused = socket.isSessionReused();
  socket.resume();
  await once(socket, 'close');
  return { name, isReused, session };
}

const shown = async (host: string | undefined, servername: string): Promise<unknown> =>
  (await shake(host, servername)).name;

test('each client is shown the certificate of the name that it asks for', async () => {
  deepEqual([await shown(byName, 'one.test'), await shown(byName, 'TWO.test')], ['one', 'two']);
  deepEqual([await shown(byMap, 'others.test'), await shown(byMap, 'a.test')], ['one', 'two']);
  equal(await shown(data, 'a.test'), 'two');
  equal(await shown(withPassword, 'a.test'), 'locked');
  deepEqual([await shown(stream, 'one.test'), await shown(stream, 'two.test')], ['one', 'two']);
  const client = authority.issue('client');
  const mine = { cert: readFileSync(client.cert), key: readFileSync(client.key) };
  equal((await shake(asking, 'one.test', mine)).name, 'one');
});

test('a client whose certificate is nowhere has no handshake, and the log says why', async () => {
  for (const host of [byName, stream, asking]) {
    await rejects(shake(host, 'nobody.test'), /alert internal error/);
  }
  await nginx.server.logged(
    /\[error\].*cannot load certificate ".*\/certs\/nobody\.test\.crt": there is no such file while SSL handshaking, client: 127\.0\.0\.1/,
  );
});

test('no name leads out of the folder', async () => {
  for (const name of ['../', '..', '...', './..', 'a/../..', 'one.test/../two.test', '.']) {
    await rejects(shake(byName, name), /alert internal error/, name);
  }
  doesNotMatch(nginx.server.log, /\/certs\/[^"]*(?:\.\.|\/)[^"]*\.(?:crt|key)": /);
});

test('a session is taken up again, and a new certificate in the files is shown within a second', async () => {
  const { session } = await shake(byName, 'one.test', { maxVersion: 'TLSv1.2' });
  ok(session);
  equal((await shake(byName, 'one.test', { maxVersion: 'TLSv1.2', session })).isReused, true);
  put(authority.issue('three'), 'one.test');
  for (let left = 300; (await shown(byName, 'one.test')) !== 'three'; left -= 1) {
    ok(left > 0, 'the certificate of before is shown');
    await sleep(20);
  }
});

test('a key that belongs to another certificate makes no handshake, and disturbs nobody else', async () => {
  put(authority.issue('four'), 'four.test');
  copyFileSync(join(certs, 'two.test.key'), join(certs, 'four.test.key'));
  await rejects(shake(byName, 'four.test'), /alert internal error/);
  await nginx.server.logged(/\[error\].*cannot load certificate: .*key values mismatch/);
  equal(await shown(byName, 'two.test'), 'two');
});
