// A client with a good certificate waits until its authority has said that it is not revoked, and is refused where nothing is heard: by nginx's files, with the openssl program as the authority.

import { deepEqual, doesNotMatch, equal, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, afterEach, before, test } from 'node:test';
import { connect } from 'node:tls';
import { askResponder } from '../../src/upstream/ocsp/ask-responder.ts';
import type { Issued } from './certificates.ts';
import { Authority } from './certificates.ts';
import { findPort } from './free-port.ts';
import type { NginxServer } from './nginx-server.ts';
import { runNginx } from './nginx-server.ts';
import type { OcspResponder } from './ocsp-responder.ts';
import { OCSP_TYPE, openResponder } from './ocsp-responder.ts';
import { makeFolder } from './server.ts';

const folder = makeFolder();
const authority = new Authority(folder);
const stranger = new Authority(folder, 'stranger');

let nginx: NginxServer;
let responder: OcspResponder;
let [port, streamPort] = [0, 0];
let [good, revoked, lost, named]: Issued[] = [];
before(async () => {
  responder = await openResponder(folder, authority);
  const issue = (name: string, url = responder.url): Issued =>
    authority.issue(name, { extensions: `authorityInfoAccess=OCSP;URI:${url}` });
  [good, revoked, lost] = ['good', 'revoked', 'lost'].map((name) => issue(name));
  named = issue('named', responder.url.replace('127.0.0.1', 'localhost'));
  responder.knows(
    [good, named].filter((each) => each !== undefined),
    revoked === undefined ? [] : [revoked],
  );
  [port, streamPort] = [await findPort(), await findPort()];
  const own = authority.issue('site');
  const tls = `ssl_certificate ${own.cert}; ssl_certificate_key ${own.key}; ssl_verify_client on; ssl_client_certificate ${authority.cert};`;
  const site = (name: string, more = 'ssl_ocsp on;'): string =>
    `server { listen 127.0.0.1:${port} ssl; server_name ${name}.test; ${tls} ${more} add_header X-Verify $ssl_client_verify always; return 200 served; }\n`;
  const http = [
    site('asked'),
    site('kept', 'ssl_ocsp on; ssl_ocsp_cache shared:answers:1m;'),
    site('whom', `ssl_ocsp_responder ${responder.url}; ssl_ocsp leaf;`),
    site('off', 'ssl_ocsp off;'),
  ].join('');
  const main = `stream { server { listen 127.0.0.1:${streamPort} ssl; ${tls} ssl_ocsp on; return $ssl_client_verify; } }`;
  nginx = await runNginx('return 204;', {}, { http, main });
});
after(async () => {
  responder[Symbol.dispose]();
  await nginx[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  responder.instead = undefined;
});

interface Asked {
  readonly where?: number;
  readonly host?: string;
}

/** What a client with this certificate is answered: status and verdict, or the bytes of a stream. */
async function ask(name: string, by: Issued | undefined, { where = port, host = name }: Asked = {}): Promise<string> {
  ok(by);
  const shown = { cert: readFileSync(by.cert), key: readFileSync(by.key), rejectUnauthorized: false };
  const socket = connect({ port: where, servername: `${name}.test`, ...shown });
  socket.write(`GET / HTTP/1.1\r\nHost: ${host}.test\r\nConnection: close\r\n\r\n`);
  const answer = await text(socket);
  const [, status] = /^HTTP\/1\.1 (\d+)/.exec(answer) ?? [];
  return status === undefined ? answer : `${status} ${/^X-Verify: (.*)\r$/m.exec(answer)?.[1]}`;
}

const UNKNOWN = '400 FAILED:certificate status request failed';

test('a client is let in when its authority says that its certificate is good', async () => {
  equal(await ask('asked', good), '200 SUCCESS');
  equal(await ask('whom', named), '200 SUCCESS');
  const before = responder.asked.length;
  equal(await ask('off', revoked), '200 SUCCESS');
  equal(responder.asked.length, before);
});

test('one that is revoked, that its authority does not know, or of which nothing is heard, is refused', async () => {
  equal(await ask('asked', revoked), '400 FAILED:certificate revoked');
  equal(await ask('asked', lost), '400 FAILED:certificate status unknown');
  equal(await ask('asked', named), UNKNOWN);
  await nginx.server.logged(
    /\[error\].*no resolver defined to resolve localhost while requesting certificate status, client: 127\.0\.0\.1, responder: localhost:\d+/,
  );
});

test('a site that asks does not serve a client that another site has let in', async () => {
  equal((await ask('off', revoked, { host: 'asked' })).slice(0, 3), '421');
});

test('answers are kept where a zone is named, also that a certificate is revoked', async () => {
  const before = responder.asked.length;
  for (let count = 0; count < 2; count += 1) {
    equal(await ask('kept', good), '200 SUCCESS');
    equal(await ask('kept', revoked), '400 FAILED:certificate revoked');
  }
  equal(responder.asked.length, before + 2);
});

test('a stream asks too', async () => {
  equal(await ask('stream', good, { where: streamPort }), 'SUCCESS');
  equal(await ask('stream', revoked, { where: streamPort }), '');
});

test('what is no answer lets nobody in', async () => {
  const answer = (bytes: Buffer) => (response: ServerResponse) =>
    void response.setHeader('Content-Type', OCSP_TYPE).end(bytes);
  const made = (make: () => Promise<Buffer>) => (response: ServerResponse) =>
    void make().then((bytes) => answer(bytes)(response));
  const ways: readonly (readonly [string, (response: ServerResponse) => void])[] = [
    ['garbage', answer(Buffer.from('garbage'))],
    ['ten megabytes', answer(Buffer.alloc(10_000_000, 0x30))],
    ['a redirect', (response) => void response.writeHead(302, { Location: responder.url }).end()],
    ['another type', (response) => void response.setHeader('Content-Type', 'text/html').end()],
    ['an end', (response) => void response.destroy()],
    [
      'an end in the middle',
      (response) => void response.writeHead(200, { 'Content-Length': 9 }).write('x', () => response.destroy()),
    ],
    ['by a stranger', made(() => responder.answer(stranger))],
    ['by one whom nobody has allowed to', made(() => responder.answer(lost))],
  ];
  for (const [what, way] of ways) {
    responder.instead = way;
    equal(await ask('asked', good), UNKNOWN, what);
  }
  // About another certificate.
  responder.instead = undefined;
  equal(await ask('asked', revoked), '400 FAILED:certificate revoked');
  const other = await responder.answer();
  responder.instead = answer(other);
  equal(await ask('asked', good), UNKNOWN);
  await nginx.server.logged(/certificate status not found in the OCSP response while requesting/);
  responder.instead = undefined;
  equal(await ask('asked', good), '200 SUCCESS');
});

test('a client that goes while it waits leaves nothing behind, and who waits is served when the answer comes', async () => {
  const { promise: isAsked, resolve } = Promise.withResolvers<ServerResponse>();
  responder.instead = resolve;
  ok(good);
  const shown = { cert: readFileSync(good.cert), key: readFileSync(good.key), rejectUnauthorized: false };
  const gone = connect({ port, servername: 'asked.test', ...shown });
  const response = await isAsked;
  responder.instead = undefined;
  const closed = once(gone, 'close');
  gone.destroy();
  await closed;
  const waiting = ask('asked', good);
  response.setHeader('Content-Type', OCSP_TYPE).end(await responder.answer());
  equal(await waiting, '200 SUCCESS');
  doesNotMatch(nginx.server.log, /internal error/i);
});

test('a responder that never answers is waited for no longer than is said', async () => {
  responder.instead = () => undefined;
  const answer = await askResponder(responder.url, Buffer.from('x'), { lookup: undefined, timeoutMs: 50 });
  deepEqual(answer, { ok: false, fault: 'OCSP responder timed out' });
});
