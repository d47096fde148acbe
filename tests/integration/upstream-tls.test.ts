// TLS with a server behind: whom it is shown to trust, by which name, with which certificate, and that sessions are taken up again.

import { equal, match, ok } from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Server, TLSSocket, TlsOptions } from 'node:tls';
import { connect, createServer } from 'node:tls';
import type { UpstreamTls } from '../../src/config/model/proxying.ts';
import { FakeClock } from '../../src/kernel/fake-clock.ts';
import type { UpstreamTlsFiles } from '../../src/protocol/control/upstream-tls-files.ts';
import { NamedCertificates } from '../../src/upstream/tls/named-certificates.ts';
import type { ClientHandshake, HandshakeRequest } from '../../src/upstream/tls/tls-client.ts';
import { TlsClient } from '../../src/upstream/tls/tls-client.ts';
import { Authority } from './certificates.ts';
import { makeFolder } from './server.ts';

const folder = makeFolder();
after(() => rmSync(folder, { recursive: true }));
const read = (path: string): string => readFileSync(path, 'utf8');
const authority = new Authority(folder);
const stranger = new Authority(folder, 'stranger');
const between = authority.issue('between', { extensions: 'basicConstraints=critical,CA:TRUE' });
const site = authority.issue('site');
const deep = authority.issue('deep', { by: between });
const own = authority.issue('own', { subject: '/CN=portico' });
const secret = authority.issue('secret', { subject: '/CN=secret', password: 'sesame' });

const POLICY: UpstreamTls = {
  name: '',
  sendsName: true,
  verifies: true,
  depth: 1,
  trustedFile: authority.cert,
  crlFile: '',
  certFile: '',
  keyFile: '',
  passwordFile: '',
  ciphers: '',
  curves: '',
  signatures: '',
  protocols: [],
  reusesSessions: true,
};
const FILES: UpstreamTlsFiles = { trusted: read(authority.cert), crl: '', cert: '', key: '', passwords: [] };
const REQUEST: HandshakeRequest = { peer: 'p', name: 'site.test', certFile: '', keyFile: '' };

async function serve(options: TlsOptions, onSecured: (socket: TLSSocket) => void = () => undefined): Promise<Server> {
  const server = createServer(options, (socket) => {
    onSecured(socket);
    socket.on('error', () => undefined).end('hello');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  after(() => server.close());
  return server;
}

const options = (issued: { readonly cert: string; readonly key: string }, more = ''): TlsOptions => ({
  cert: read(issued.cert) + more,
  key: read(issued.key),
});

interface Met {
  readonly fault: string | undefined;
  readonly isReused: boolean;
}

/** As whoever connects goes about it: until the server has closed. */
function meet(server: Server, handshake: ClientHandshake): Promise<Met> {
  const { port } = server.address() as AddressInfo;
  return new Promise((done, failed) => {
    let met: Met = { fault: 'no handshake', isReused: false };
    const socket = connect({ host: '127.0.0.1', port, ...handshake.options }, () => {
      met = { fault: handshake.onSecured(socket), isReused: socket.isSessionReused() };
    });
    socket.on('session', (session: Buffer) => handshake.onSession(session));
    socket.on('error', failed).on('close', () => done(met));
    socket.resume();
  });
}

function begin(client: TlsClient, request: Partial<HandshakeRequest> = {}): ClientHandshake {
  const begun = client.begin({ ...REQUEST, ...request });
  ok(begun.ok, begun.ok ? '' : begun.fault);
  return begun.value;
}

async function ask(server: Server, policy: Partial<UpstreamTls>, files: Partial<UpstreamTlsFiles> = {}, name?: string) {
  const client = new TlsClient({ ...POLICY, ...policy }, { ...FILES, ...files });
  return (await meet(server, begin(client, name === undefined ? {} : { name }))).fault;
}

test('a server is trusted by its authority and its name', async () => {
  const names: unknown[] = [];
  const server = await serve(options(site), (socket) => names.push(socket.servername));
  equal(await ask(server, {}), undefined);
  equal(await ask(server, {}, {}, 'localhost:8443'), undefined, 'the port is no part of the name');
  equal(await ask(server, {}, {}, '127.0.0.1'), undefined, 'an address stands in the certificate as well');
  equal(await ask(server, { sendsName: false }), undefined);
  equal(await ask(server, {}, {}, 'other.test'), 'upstream SSL certificate does not match "other.test"');
  equal(await ask(server, {}, {}, ''), 'upstream SSL certificate does not match ""');
  equal(await ask(server, { verifies: false }, {}, 'other.test'), undefined);
  equal(names.map(String).join(), 'site.test,localhost,false,false,other.test,false,other.test');
});

test('a server that another authority has signed is not trusted', async () => {
  const server = await serve(options(stranger.issue('site')));
  const fault = 'upstream SSL certificate verify error: (20:unable to get local issuer certificate)';
  equal(await ask(server, {}), fault.replace('20:unable to get local issuer', '21:unable to verify the first'));
  equal(
    await ask(server, {}, { trusted: '' }),
    fault.replace('20:unable to get local issuer', '21:unable to verify the first'),
  );
  equal(await ask(server, { verifies: false }), undefined);
});

test('so many authorities as are allowed may stand between', async () => {
  const server = await serve(options(deep, read(between.cert)));
  equal(await ask(server, { depth: 1 }), undefined);
  equal(await ask(server, { depth: 0 }), 'upstream SSL certificate verify error: (22:certificate chain too long)');
  const direct = await serve(options(site));
  equal(await ask(direct, { depth: 0 }), undefined);
});

test('a server whose certificate is revoked is not trusted', async () => {
  const server = await serve(options(site));
  equal(await ask(server, {}, { crl: authority.revoke() }), undefined);
  const chained = await serve(options(deep, read(between.cert)));
  const ofBetween = new Authority(folder, 'between', between);
  equal(await ask(chained, {}, { crl: authority.revoke() + ofBetween.revoke() }), undefined, 'several lists');
  match((await ask(chained, {}, { crl: authority.revoke() })) ?? '', /\(3:unable to get certificate CRL\)$/);
  match((await ask(server, {}, { crl: authority.revoke(site) })) ?? '', /\(23:certificate revoked\)$/);
});

test('a session is taken up again, unless that is not wanted or the server was not trusted', async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const server = await serve({ ...options(site), maxVersion });
    const reuse = async (client: TlsClient, request: Partial<HandshakeRequest> = {}) =>
      (await meet(server, begin(client, request))).isReused;
    const client = new TlsClient(POLICY, FILES);
    equal(await reuse(client), false, maxVersion);
    equal(await reuse(client), true, maxVersion);
    equal((await meet(server, begin(client))).fault, undefined, 'it is looked at again');
    equal(await reuse(client, { peer: 'q' }), false, 'of another server');
    equal(await reuse(client, { name: 'localhost' }), false, 'by another name');
    const strict = new TlsClient({ ...POLICY, reusesSessions: false }, FILES);
    equal((await reuse(strict)) || (await reuse(strict)), false);
    const distrusting = new TlsClient(POLICY, { ...FILES, trusted: read(stranger.cert) });
    equal((await reuse(distrusting)) || (await reuse(distrusting)), false);
  }
});

test('the server is shown a certificate, also one that is chosen by variables', async () => {
  const shown: unknown[] = [];
  const server = await serve(
    { ...options(site), ca: [read(authority.cert)], requestCert: true, rejectUnauthorized: false },
    (socket) => shown.push(socket.getPeerX509Certificate()?.subject),
  );
  equal(await ask(server, {}, { cert: read(own.cert), key: read(own.key) }), undefined);
  const clock = new FakeClock(0);
  const monotonicMs = () => clock.monotonicMs();
  const client = new TlsClient(POLICY, FILES, new NamedCertificates(['no', 'sesame'], monotonicMs));
  await meet(server, begin(client, { certFile: own.cert, keyFile: own.key }));
  await meet(server, begin(client, { certFile: secret.cert, keyFile: secret.key }));
  await meet(server, begin(client));
  await meet(server, begin(client, { certFile: `/etc/.//${own.cert.slice(1)}`, keyFile: own.key }));
  await meet(server, begin(client, { certFile: '/etc/./', keyFile: '/etc/./' }));
  equal(shown.map(String).join(), 'CN=portico,CN=portico,CN=secret,undefined,CN=portico,undefined');
});

test('a certificate that is chosen by variables is read again when it has changed', () => {
  const clock = new FakeClock(0);
  const file = join(folder, 'changing.pem');
  writeFileSync(file, read(own.cert) + read(own.key));
  const certificates = new NamedCertificates([], () => clock.monotonicMs());
  const find = () => {
    const found = certificates.find(file, file);
    return found.ok ? found.value.cert : found.fault;
  };
  const first = find();
  writeFileSync(file, read(site.cert) + read(site.key));
  equal(find(), first, 'within a second it is not looked at');
  clock.advance(1000);
  match(find(), new RegExp(read(site.cert).slice(100, 140).trim().slice(0, 10)));
  rmSync(file);
  clock.advance(1000);
  match(find(), /^cannot load certificate ".*changing\.pem": there is no such file$/);
  const encrypted = certificates.find(secret.cert, secret.key);
  ok(!encrypted.ok);
  match(encrypted.fault, /^no password opens the private key in /);
});
