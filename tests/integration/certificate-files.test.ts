// What can be wrong with the files of a certificate, each told in one sentence before anything is served; and how a new one is noticed.

import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { chmodSync, copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { CertificateFiles } from '../../src/config/model/server-model.ts';
import type { SiteTls } from '../../src/config/model/site-tls.ts';
import { USUAL_TLS } from '../../src/config/model/site-tls.ts';
import { FakeClock } from '../../src/kernel/fake-clock.ts';
import { CertificateKeeper } from '../../src/supervisor/certificate-keeper.ts';
import type { Certificates, TlsSources } from '../../src/supervisor/tls-contexts.ts';
import { readCertificates } from '../../src/supervisor/tls-contexts.ts';
import { Authority } from './certificates.ts';
import { makeFolder } from './server.ts';

const DAY_MS = 86_400_000;
const folder = makeFolder();
after(() => rmSync(folder, { recursive: true }));
const authority = new Authority(folder);
const site = authority.issue('site');
const other = authority.issue('other', { subject: '/O=Example/CN=other', extensions: 'basicConstraints=CA:FALSE' });
const secret = authority.issue('secret', { password: 'open sesame' });
const NOW_MS = statSync(site.cert).mtimeMs + DAY_MS;

type Said = CertificateFiles & Partial<Omit<SiteTls, 'certificates'>>;

const PLAIN: Said = { certFile: '', keyFile: '', password: '' };
const SITE: Said = { ...PLAIN, certFile: site.cert, keyFile: site.key };

/** One site. */
function sourcesOf({ certFile, keyFile, password, ...rules }: Said): TlsSources {
  return { certificates: [{ certFile, keyFile, password }], sites: [{ ...USUAL_TLS, ...rules, certificates: [0] }] };
}

function write(name: string, ...texts: readonly string[]): string {
  writeFileSync(join(folder, name), texts.join(''));
  return join(folder, name);
}

const read = (path: string): string => readFileSync(path, 'utf8');
const damaged = read(site.cert).replace(/\n[^\n]{20}/, `\n${'A'.repeat(20)}`);
const chain = write('chain.pem', read(site.cert), 'said between them\n', read(authority.cert), read(site.key));

const weak = authority.issue('weak', { keyKind: ['-newkey', 'rsa:1024'] });
const binary = join(folder, 'site.der');
writeFileSync(binary, new X509Certificate(read(site.cert)).raw);

type Loaded = Certificates['tls']['contexts'][number] &
  Pick<Certificates['read'][number], 'own' | 'summary' | 'warningsAt'>;

async function load(said: Said): Promise<Loaded> {
  const outcome = await readCertificates(sourcesOf(said));
  ok(outcome.ok, outcome.ok ? '' : outcome.fault.faults.join());
  const [context, certificate] = [outcome.value.tls.contexts[0], outcome.value.read[0]];
  ok(context && certificate, 'no TLS');
  const { own, summary, warningsAt } = certificate;
  return { ...context, own, summary, warningsAt };
}

const FAULTS: readonly (readonly [what: string, model: Partial<Said>, told: RegExp])[] = [
  ['no such file', { certFile: '/nowhere/a.pem' }, /^\/nowhere\/a.pem cannot be read: there is no such file$/],
  ['a folder', { certFile: folder }, /cannot be read: EISDIR/],
  ['another format', { certFile: write('a.der', 'nothing') }, /a\.der holds no certificate in PEM form/],
  [
    'a damaged certificate',
    { certFile: write('bad.pem', read(site.cert), damaged) },
    /bad\.pem, certificate 2 is damaged/,
  ],
  ['no key', { keyFile: site.cert }, /holds no private key in PEM form/],
  ['no key in the certificate file', { keyFile: '' }, /holds no private key in PEM form/],
  [
    'a damaged key',
    { keyFile: write('bad.key', read(site.key).replace(/\n.{10}/, '\nAAAAAAAAAA')) },
    /bad\.key is damaged/,
  ],
  ['an encrypted key', { certFile: secret.cert, keyFile: secret.key }, /is encrypted\. Give its password/],
  ['a wrong password', { certFile: secret.cert, keyFile: secret.key, password: 'x' }, /the password does not open/],
  ["another certificate's key", { keyFile: other.key }, /does not belong to the certificate/],
  ['a wrong order', { certFile: write('order.pem', read(other.cert), read(site.cert)) }, /must come first/],
  [
    'a binary form',
    { certFile: binary },
    /site\.der holds no certificate .*: it is in the format DER\. Make PEM of it: openssl/,
  ],
  ['a key in the place of the certificate', { certFile: site.key }, /may have been exchanged$/],
  ['a certificate in the place of the key', { keyFile: site.cert }, /may have been exchanged$/],
  ['an empty file', { certFile: write('empty.pem') }, /empty\.pem holds no certificate .*: it is empty$/],
  [
    'a key of OpenSSH',
    { keyFile: write('ssh.key', read(site.key).replaceAll('PRIVATE', 'OPENSSH PRIVATE')) },
    /ssh\.key holds no private key .*: its format is that of OpenSSH/,
  ],
  [
    'a weak key',
    { certFile: weak.cert, keyFile: weak.key },
    /^.*ca-weak\.pem: the certificate cannot be used: its key is too short/,
  ],
  ['no such cipher suite', { ciphers: 'ROT13' }, /no cipher suite is called "ROT13"/],
  ['authorities that are none', { caCerts: site.key, clients: 'required' }, /holds no certificate in PEM form/],
];

for (const [what, model, told] of FAULTS) {
  test(`${what} is told`, async () => {
    const outcome = await readCertificates(sourcesOf({ ...SITE, ...model }));
    ok(!outcome.ok);
    equal(outcome.fault.faults.length, 1);
    match(outcome.fault.faults[0] ?? '', told);
    ok(!outcome.fault.faults[0]?.includes('\n'), 'one line');
  });
}

test('faults of several sites are told at once, each one once', async () => {
  const certificates = [
    { certFile: '/nowhere/a.pem', keyFile: '', password: '' },
    { certFile: site.cert, keyFile: other.key, password: '' },
    { certFile: site.cert, keyFile: site.key, password: '' },
  ];
  const sites = [[0], [1], [0], [2]].map((own, index) => ({
    ...USUAL_TLS,
    certificates: own,
    recordBytesMax: 4096 + index,
  }));
  const outcome = await readCertificates({ certificates, sites });
  ok(!outcome.ok);
  const [missing, wrong, ...more] = outcome.fault.faults;
  match(missing ?? '', /^\/nowhere\/a\.pem cannot be read/);
  match(wrong ?? '', /does not belong to the certificate/);
  deepEqual(more, []);
  deepEqual(
    outcome.fault.read.map(({ path }) => path),
    [site.cert],
    'what is right is looked at all the same',
  );
});

test('a key that may not be read is told with the way out', {
  skip: process.geteuid?.() === 0 && 'root may read all',
}, async () => {
  const key = write('closed.key', read(site.key));
  chmodSync(key, 0);
  const outcome = await readCertificates(sourcesOf({ ...SITE, keyFile: key }));
  ok(!outcome.ok);
  match(outcome.fault.faults[0] ?? '', /no permission\. It is read before --user/);
});

test('certificates and key may be in one file, and say for whom they are', async () => {
  const { certificates, own, summary, warningsAt, caCerts } = await load({ ...PLAIN, certFile: chain });
  const [shown] = certificates;
  equal(shown?.chain.match(/BEGIN CERTIFICATE/g)?.length, 2);
  ok(!shown.chain.includes('said between') && !shown.chain.includes('PRIVATE'));
  equal(own.trim(), read(site.cert).trim());
  match(summary, /^site\.test, localhost, 127\.0\.0\.1, until \d{4}-\d\d-\d\d$/);
  equal(warningsAt(NOW_MS).length, 0);
  equal(caCerts, '');
  match((await load({ ...SITE, certFile: other.cert, keyFile: other.key })).summary, /^CN=other,O=Example, until/);
});

test('an encrypted key is opened with its password', async () => {
  const said = { ...PLAIN, certFile: secret.cert, keyFile: secret.key, password: 'open sesame' };
  match((await load(said)).certificates[0]?.key ?? '', /^-----BEGIN PRIVATE KEY-----/);
});

test('sites with the same rules have one context, and a certificate is read once', async () => {
  const certificates = [site, other].map(({ cert, key }) => ({ certFile: cert, keyFile: key, password: '' }));
  const rules = [[0], [1], [0], []].map((own) => ({ ...USUAL_TLS, certificates: own }));
  const outcome = await readCertificates({ certificates, sites: [...rules, undefined] });
  ok(outcome.ok);
  const { contexts, sites } = outcome.value.tls;
  deepEqual(sites, [0, 1, 0, null, null]);
  equal(contexts.length, 2);
  equal(outcome.value.read.length, 2);
  notEqual(contexts[0]?.sessionContext, contexts[1]?.sessionContext, 'a session of one is not taken up by the other');
});

test('a key of tickets has 48 or 80 bytes', async () => {
  const file = (name: string, bytes: number): string => write(name, 'k'.repeat(bytes));
  const { ticketKeys } = await load({ ...SITE, ticketKeyFiles: [file('a.key48', 48), file('b.key80', 80)] });
  deepEqual(
    ticketKeys.map((key) => Buffer.from(key, 'base64').length),
    [48, 48],
  );
  const wrong = await readCertificates(sourcesOf({ ...SITE, ticketKeyFiles: [file('c.key', 47)] }));
  ok(!wrong.ok);
  match(wrong.fault.faults[0] ?? '', /c\.key is no key of tickets: it has 47 bytes/);
});

test('clients are asked for a certificate if that is wanted', async () => {
  const asked = { ...SITE, caCerts: authority.cert, clients: 'required' } as const;
  equal((await load(asked)).caCerts.trim(), read(authority.cert).trim());
  equal((await load({ ...asked, clients: 'none' })).caCerts, '');
});

test('a certificate that is not valid, or not for long, is warned of', async () => {
  const told = async (days: number) => (await load(SITE)).warningsAt(NOW_MS + days * DAY_MS).join();
  match(await told(-3), /not valid before/);
  equal(await told(0), '');
  equal(await told(15), '', 'a third of thirty days is less than fourteen');
  match(await told(20), /expires in \d days/);
  match(await told(40), /has expired \(\d{4}-\d\d-\d\d\)/);
});

test('what is wrong with a certificate that is served all the same is told with its file', async () => {
  const own = { certificates: [{ certFile: authority.cert, keyFile: authority.key, password: '' }] };
  const sources = { ...own, sites: [{ ...USUAL_TLS, certificates: [0] }], names: [['ca.test', 'other.test']] };
  const opened = await CertificateKeeper.open(sources, { clock: new FakeClock(NOW_MS + 40 * DAY_MS) });
  ok(opened.ok);
  const [selfSigned = '', names = '', expired = ''] = opened.value.describe()?.warnings ?? [];
  match(selfSigned, /^.*ca\.pem: the certificate is signed by itself/);
  match(names, /^.*ca\.pem: the certificate is not for ca\.test, other\.test, which its site has as a name/);
  match(expired, /^.*ca\.pem: the certificate has expired/);
});

test('CertificateKeeper notices new files, and keeps what it has if they are wrong', async () => {
  const clock = new FakeClock(NOW_MS);
  const [certFile, keyFile] = [write('kept.pem', read(site.cert)), write('kept.key', read(site.key))];
  const opened = await CertificateKeeper.open(sourcesOf({ ...SITE, certFile, keyFile }), { clock });
  ok(opened.ok);
  const keeper = opened.value;
  const first = keeper.tls;
  equal(keeper.hasChanged, false);
  const same = await keeper.renew();
  ok(same.ok && !same.value);
  deepEqual(keeper.tls, first, 'what is the same stays, with the keys of its sessions');
  copyFileSync(other.cert, certFile);
  equal(keeper.hasChanged, true);
  ok((await keeper.renew()).ok);
  match(keeper.faults.join(), /does not belong to the certificate/);
  deepEqual(keeper.tls, first);
  equal(keeper.hasChanged, false, 'a fault is told once');
  copyFileSync(other.key, keyFile);
  equal(keeper.hasChanged, true);
  const renewed = await keeper.renew();
  ok(renewed.ok && renewed.value);
  match(keeper.summary, /^CN=other/);
  match(
    keeper.renewals.join(),
    /^CN=other,O=Example, until \d{4}-\d\d-\d\d \(before: \d{4}-\d\d-\d\d; .*kept\.pem\)$/,
    'with the last day of the one before',
  );
  deepEqual(keeper.tls?.ticketKeys, first?.ticketKeys, 'sessions go on');
  rmSync(certFile);
  equal(keeper.hasChanged, true);
  ok((await keeper.renew()).ok);
  match(keeper.faults.join(), /there is no such file/);
});

test('a certificate that cannot be read keeps that of no other site from being renewed', async () => {
  const [gone, kept] = [write('gone.pem', read(site.cert)), write('two.pem', read(site.cert))];
  const certificates = [gone, kept].map((certFile) => ({ certFile, keyFile: site.key, password: '' }));
  const sites = [0, 1].map((index) => ({ ...USUAL_TLS, certificates: [index] }));
  const opened = await CertificateKeeper.open({ certificates, sites }, { clock: new FakeClock(NOW_MS) });
  ok(opened.ok);
  const keeper = opened.value;
  const before = keeper.tls?.contexts[0];
  rmSync(gone);
  writeFileSync(kept, `${read(site.cert)}${read(authority.cert)}`);
  const renewed = await keeper.renew();
  ok(renewed.ok && renewed.value);
  match(keeper.faults.join(), /gone\.pem cannot be read/);
  deepEqual(keeper.tls?.contexts[0], before);
  equal(keeper.tls?.contexts[1]?.certificates[0]?.chain.match(/BEGIN/g)?.length, 2);
  match(keeper.summary, /site\.test.*; site\.test/, 'both are told of');
});
