// The word of a certificate's authority is asked for, checked, and sent with the certificate that a client is shown: by nginx's files, with the openssl program as the authority.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { connect } from 'node:tls';
import { readOcspResponse } from '../../src/protocol/ocsp/ocsp-response.ts';
import type { Issued } from './certificates.ts';
import { Authority } from './certificates.ts';
import { findPort } from './free-port.ts';
import type { FakeNameServer } from './name-server.ts';
import { runNameServer } from './name-server.ts';
import type { NginxServer } from './nginx-server.ts';
import { runNginx } from './nginx-server.ts';
import type { OcspResponder } from './ocsp-responder.ts';
import { openResponder } from './ocsp-responder.ts';
import { makeFolder } from './server.ts';

const folder = makeFolder();
const authority = new Authority(folder);
function serialOf({ cert }: Issued): string {
  return new X509Certificate(readFileSync(cert)).serialNumber;
}

let nginx: NginxServer;
let responder: OcspResponder;
let names: FakeNameServer;
let port = 0;
let [ecdsa, rsa, revoked]: [Issued, Issued, Issued] = [authority, authority, authority];
before(async () => {
  names = await runNameServer({ 'responder.test': { records: [{ type: 'A', value: '127.0.0.1' }] } });
  responder = await openResponder(folder, authority);
  const extensions = `subjectAltName=DNS:a.test\nauthorityInfoAccess=OCSP;URI:${responder.url}`;
  const keyKind = ['-newkey', 'rsa:2048'];
  ecdsa = authority.issue('ecdsa', { extensions });
  rsa = authority.issue('rsa', { extensions, keyKind });
  revoked = authority.issue('revoked', { extensions });
  responder.knows([ecdsa, rsa], [revoked]);
  port = await findPort();
  const shown = ({ cert, key }: Issued): string => `ssl_certificate ${cert}; ssl_certificate_key ${key};`;
  const site = (name: string, text: string): string =>
    `server { listen 127.0.0.1:${port} ssl; server_name ${name}; ${text} }\n`;
  const stapling = `ssl_stapling on; ssl_stapling_verify on; ssl_trusted_certificate ${authority.cert};`;
  nginx = await runNginx(
    'return 204;',
    {},
    {
      http: [
        site('both.test', `${stapling} ${shown(ecdsa)} ${shown(rsa)} return 204;`),
        site('revoked.test', `${stapling} ${shown(revoked)}`),
        site(
          'named.test',
          `${stapling} ssl_stapling_responder ${responder.url.replace('127.0.0.1', 'responder.test')}; resolver localhost:${names.port}; ${shown(ecdsa)}`,
        ),
        site('off.test', shown(ecdsa)),
        site('silent.test', `${stapling} ${shown(authority.issue('silent'))}`),
        site(
          'client.test',
          `${stapling} ${shown(ecdsa)} ssl_verify_client optional; ssl_client_certificate ${authority.cert};`,
        ),
      ].join(''),
    },
  );
});
after(async () => {
  responder[Symbol.dispose]();
  await names[Symbol.asyncDispose]();
  await nginx[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Shown {
  readonly serial: string;
  /** The certificate that the authority speaks of, and what it says; undefined: nothing was sent. */
  readonly stapled: { readonly serial: string; readonly status: string } | undefined;
}

async function shake(servername: string, options: ConnectionOptions = {}): Promise<Shown> {
  const socket = connect({ port, servername, rejectUnauthorized: false, requestOCSP: true, ...options });
  try {
    // Both may come with one piece of the handshake.
    const [answer] = await Promise.all([once(socket, 'OCSPResponse'), once(socket, 'secureConnect')]);
    const [response] = answer as [Buffer | null];
    const read = response === null ? undefined : readOcspResponse(response);
    const serial = socket.getPeerX509Certificate()?.serialNumber ?? '';
    const [single] = read?.ok === true ? read.value.responses : [];
    return {
      serial,
      stapled: single && {
        serial: single.serial.toString('hex').toUpperCase().replace(/^00/, ''),
        status: single.status,
      },
    };
  } finally {
    socket.destroy();
  }
}

/** Fifteen seconds. */
const TRIES_MAX = 300;

/** When the authority has answered. */
async function whenStapled(servername: string, options?: ConnectionOptions): Promise<Shown> {
  let shown = await shake(servername, options);
  for (let left = TRIES_MAX; shown.stapled === undefined; left -= 1) {
    ok(left > 0, `no word of the authority comes: ${nginx.server.log}`);
    await sleep(50);
    shown = await shake(servername, options);
  }
  return shown;
}

const WAYS: readonly ConnectionOptions[] = [{}, { maxVersion: 'TLSv1.2' }];
const good = (issued: Issued): Shown => ({
  serial: serialOf(issued),
  stapled: { serial: serialOf(issued), status: 'good' },
});

test('each certificate of a site comes with the word about it', async () => {
  const kinds = [
    [ecdsa, 'ECDSA+SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
    [rsa, 'RSA-PSS+SHA256:RSA+SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ] as const;
  for (const [issued, sigalgs, ciphers] of kinds) {
    for (const way of WAYS) {
      const suites = way.maxVersion === undefined ? {} : { ciphers };
      deepEqual(await whenStapled('both.test', { ...way, ...suites, sigalgs }), good(issued));
    }
  }
});

test('the responder is found by the name servers that are named for it, which may have names themselves', async () => {
  deepEqual(await whenStapled('named.test'), good(ecdsa));
  ok(names.asked.includes('responder.test'));
});

test('the start tells of a certificate whose authority cannot be asked', async () => {
  await nginx.server.logged(
    /nginx: \[warn\] "ssl_stapling" ignored, no OCSP responder URL in the certificate ".*silent\.pem"/,
  );
});

test('a client that does not want to know is told nothing, and a site that does not ask says nothing', async () => {
  deepEqual((await shake('off.test')).stapled, undefined);
  equal(
    responder.asked.every((url) => url.startsWith('/ask/')),
    true,
  );
});

test('a site that asks clients for certificates sends it too', async () => {
  for (const way of WAYS) {
    deepEqual(await whenStapled('client.test', way), good(ecdsa));
  }
});

test('the log says in words of nginx of what the authority has revoked, and nothing is sent', async () => {
  await nginx.server.logged(
    /\[error\].*certificate status "revoked" in the OCSP response while requesting certificate status, responder: 127\.0\.0\.1:\d+, certificate: ".*revoked\.pem"/,
  );
  deepEqual((await shake('revoked.test')).stapled, undefined);
});

test('a reload keeps what is at hand: nobody is asked again', async () => {
  const before = responder.asked.length;
  const file = join(nginx.server.folder, 'nginx.conf');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('return 204;', 'return 205;'));
  process.kill(nginx.server.pid, 'SIGHUP');
  await nginx.server.logged(/the new configuration is served/);
  deepEqual((await shake('both.test', { sigalgs: 'ECDSA+SHA256' })).stapled, good(ecdsa).stapled);
  equal(responder.asked.length, before);
});
