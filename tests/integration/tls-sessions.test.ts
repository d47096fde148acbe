// Sessions are taken up again by whichever thread, by tickets or, where there are none, by what the server has kept; through a reload, and not at a site with another certificate.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { connect } from 'node:tls';
import type { Issued } from './certificates.ts';
import { Authority } from './certificates.ts';
import { findPort } from './free-port.ts';
import type { NginxServer } from './nginx-server.ts';
import { runNginx } from './nginx-server.ts';
import { makeFolder } from './server.ts';

const folder = makeFolder();
const authority = new Authority(folder);
const [one, two] = [authority.issue('one'), authority.issue('two')];
const files = ({ cert, key }: Issued): string => `ssl_certificate ${cert}; ssl_certificate_key ${key};`;
const elsewhere = new Authority(folder, 'elsewhere');
const alice = authority.issue('alice');
const between = authority.issue('between', { extensions: 'basicConstraints=critical,CA:TRUE' });
const bob = new Authority(folder, 'below', between).issue('bob');
const key = join(folder, 'tickets.key');
writeFileSync(key, 'k'.repeat(80));
const nextKey = join(folder, 'next.key');
writeFileSync(nextKey, 'n'.repeat(48));

const PATIENCE_MS = 15_000;

let nginx: NginxServer;
let port = 0;
before(async () => {
  port = await findPort();
  const site = (name: string, text: string): string =>
    `server { listen 127.0.0.1:${port} ssl; server_name ${name}; ${text} return 200 "$ssl_client_verify $ssl_client_s_dn $ssl_session_reused"; }\n`;
  const kept = 'ssl_session_tickets off; ssl_session_cache shared:SSL:1m;';
  const http = [
    site('tickets.test', files(one)),
    site('others.test', files(two)),
    site('kept.test', `${files(one)} ${kept}`),
    site('none.test', `${files(one)} ssl_session_tickets off;`),
    site(
      'asking.test',
      `${files(one)} ssl_verify_client optional; ssl_client_certificate ${authority.cert}; ssl_verify_depth 2;`,
    ),
    site('strict.test', `${files(one)} ssl_verify_client optional; ssl_client_certificate ${elsewhere.cert};`),
    site('any.test', `${files(one)} ssl_verify_client optional_no_ca; ssl_client_certificate ${elsewhere.cert};`),
    site('file.test', `${files(one)} ssl_session_ticket_key ${key};`),
    site('brief.test', `${files(one)} ssl_session_timeout 1s;`),
  ];
  nginx = await runNginx('return 204;', {}, { http: http.join(''), main: 'worker_processes 2;' });
});
after(async () => {
  await nginx[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Made {
  /** The whole answer. */
  readonly body: string;
  /** What the site says: '.' or 'r'. */
  readonly told: string;
  readonly isResumed: boolean;
  readonly session: Buffer | undefined;
}

async function shakeHands(servername: string, options: ConnectionOptions = {}): Promise<Made> {
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', servername, rejectUnauthorized: false, ...options });
  let session: Buffer | undefined;
  socket.on('session', (given: Buffer) => {
    session = given;
  });
  await once(socket, 'secureConnect');
  const isResumed = socket.isSessionReused();
  socket.write(`GET / HTTP/1.0\r\nHost: ${servername}\r\n\r\n`);
  const read: Buffer[] = [];
  for await (const bytes of socket) read.push(bytes as Buffer);
  const body = Buffer.concat(read).toString().split('\r\n\r\n')[1] ?? '';
  const told = body.slice(-1);
  return { body, told, isResumed, session };
}

/** How many of several connections have taken up the session of the first. */
async function resumed(name: string, options: ConnectionOptions = {}, session?: Buffer): Promise<number> {
  const first = session ?? (await shakeHands(name, options)).session;
  let count = 0;
  for (let round = 0; round < 6; round += 1) {
    const { told, isResumed } = await shakeHands(name, { ...options, ...(first && { session: first }) });
    equal(told, isResumed ? 'r' : '.', 'the site knows');
    count += Number(isResumed);
  }
  return count;
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  const options = { minVersion: version, maxVersion: version };
  test(`a session of ${version} is taken up by every thread, if the site has tickets, or keeps sessions`, async () => {
    const counts = [];
    for (const name of ['tickets.test', 'kept.test', 'file.test', 'none.test']) {
      counts.push(await resumed(name, options));
    }
    deepEqual(counts, [6, 6, 6, 0]);
  });

  test(`a session of ${version} is not taken up at a site with another certificate, nor by a ticket of another key`, async () => {
    const { session } = await shakeHands('tickets.test', options);
    equal(await resumed('others.test', options, session), 0);
    equal(await resumed('file.test', options, session), 0);
    equal(await resumed('tickets.test', options, session), 6);
  });

  test(`a session of ${version} is taken up with the certificate of its client, if that is good, and by rules of its site alone`, async () => {
    const shows = ({ cert, key }: Issued, more = ''): ConnectionOptions => ({
      ...{ ...options, cert: readFileSync(cert, 'utf8') + more, key: readFileSync(key) },
    });
    equal(await resumed('asking.test', options), 6, 'without a certificate');
    const { session, body } = await shakeHands('asking.test', shows(alice));
    equal(body, 'SUCCESS CN=alice .');
    const again = await shakeHands('asking.test', { ...options, ...(session && { session }) });
    equal(again.body, 'SUCCESS CN=alice r');
    equal(await resumed('asking.test', shows(alice)), 6);
    equal(await resumed('strict.test', options, session), 0, 'other authorities');
    equal(await resumed('any.test', shows(alice)), 0, 'of an authority that nobody knows');
    const whole = shows(bob, readFileSync(between.cert, 'utf8'));
    equal((await shakeHands('asking.test', whole)).body, 'SUCCESS CN=bob .');
    equal(await resumed('asking.test', whole), 0, 'with a chain that a session does not keep');
  });
}

/** What the ticket in a session of OpenSSL begins with: the name of its key. */
function keyNameOf(session: Buffer | undefined): string {
  const [, name = ''] = /aa81..0481..([0-9a-f]{32})/.exec(session?.toString('hex') ?? '') ?? [];
  return name;
}

test('tickets are sealed with another key after as long as sessions last', async () => {
  const [first, kept] = [await shakeHands('brief.test'), await shakeHands('tickets.test')];
  match(keyNameOf(first.session), /^[0-9a-f]{32}$/);
  let last = first;
  for (const until = Date.now() + PATIENCE_MS; keyNameOf(last.session) === keyNameOf(first.session); ) {
    ok(Date.now() < until, 'the same key seals');
    last = await shakeHands('brief.test');
  }
  equal(await resumed('tickets.test', {}, kept.session), 6, 'sessions that last longer have other keys');
});

async function reload(change: (text: string) => string, count: number): Promise<void> {
  const path = join(nginx.server.folder, 'nginx.conf');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
  nginx.server.signal('SIGHUP');
  await nginx.server.logged(new RegExp(`(the new configuration is served[^]*){${count}}`));
}

test('sessions outlive a reload', async () => {
  const sessions = [(await shakeHands('tickets.test')).session, (await shakeHands('kept.test')).session];
  await reload((text) => text.replace('return 204;', 'return 205;'), 1);
  equal(await resumed('tickets.test', {}, sessions[0]), 6);
  equal(await resumed('kept.test', {}, sessions[1]), 6);
});

test('the first file of keys seals tickets, and all of them open them', async () => {
  const { session: before } = await shakeHands('file.test');
  equal(keyNameOf(before), Buffer.from('k'.repeat(16)).toString('hex'));
  const old = `ssl_session_ticket_key ${key};`;
  const next = `ssl_session_ticket_key ${nextKey};`;
  await reload((text) => text.replace(old, `${next} ${old}`), 2);
  equal(await resumed('file.test', {}, before), 6);
  const { session } = await shakeHands('file.test');
  equal(keyNameOf(session), Buffer.from('n'.repeat(16)).toString('hex'));
  await reload((text) => text.replace(`${next} ${old}`, next), 3);
  equal(await resumed('file.test', {}, before), 0);
  equal(await resumed('file.test', {}, session), 6);
});
