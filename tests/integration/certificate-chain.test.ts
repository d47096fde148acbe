// What is warned of in the certificates of a file although they are served.

import { deepEqual, match } from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { chainWarnings, expiredAuthorities } from '../../src/supervisor/certificate-chain.ts';
import { isSignedBySystem } from '../../src/supervisor/system-authorities.ts';
import type { Issued } from './certificates.ts';
import { Authority } from './certificates.ts';
import { makeFolder } from './server.ts';

const folder = makeFolder();
after(() => rmSync(folder, { recursive: true }));
const IS_AUTHORITY = 'basicConstraints=critical,CA:TRUE';
const PUBLIC = 'subjectAltName=DNS:site.test\nauthorityInfoAccess=caIssuers;URI:http://ca.test/r3.crt';
const root = new Authority(folder);
const stranger = new Authority(folder, 'stranger');
const outer = root.issue('outer', { extensions: IS_AUTHORITY });
const inner = root.issue('inner', { extensions: IS_AUTHORITY, by: outer });
const site = root.issue('site', { extensions: PUBLIC, by: inner });

function warnings(...issued: readonly Issued[]): string[] {
  const certificates = issued.map(({ cert }) => new X509Certificate(readFileSync(cert)));
  return chainWarnings({ path: '/s.pem', certificates, isSignedByRoot: () => false });
}

test('a chain that is whole and in order is not warned of, with or without its root', () => {
  deepEqual(warnings(site, inner, outer), []);
  deepEqual(warnings(site, inner, outer, root), []);
  deepEqual(warnings(site, inner), [], 'nobody knows how much of it clients have');
});

test('what is missing, in the wrong place, or strange in a chain is told with the way out', () => {
  const [missing = '', ...others] = warnings(site);
  match(missing, /^\/s\.pem: the chain is incomplete: the certificate of CN=inner,.* fullchain\.pem/);
  deepEqual(others, []);
  match(warnings(site, outer, inner).join(), /^\/s\.pem: .* wrong order, .* in the order 1, 3, 2$/);
  match(warnings(site, inner, stranger).join(), /^\/s\.pem: certificate 3 \(CN=stranger\) has signed none/);
  match(warnings(site, inner, inner).join(), /^\/s\.pem: certificate 3 \(CN=inner\) has signed none/);
  match(warnings(root).join(), /^\/s\.pem: the certificate is signed by itself/);
});

test('a certificate that an authority of this machine has signed needs no other', () => {
  const certificate = new X509Certificate(readFileSync(site.cert));
  const chain = { path: '/s.pem', certificates: [certificate] };
  deepEqual(chainWarnings({ ...chain, isSignedByRoot: () => true }), []);
  deepEqual(isSignedBySystem(certificate), false);
  deepEqual(warnings(root.issue('own')), [], 'one of a private authority, which clients were given');
});

test('weak keys and signatures are told', () => {
  const weak = root.issue('weak', { keyKind: ['-newkey', 'rsa:1024'], digest: 'sha1' });
  const told = warnings(weak);
  match(told[0] ?? '', /the key of certificate 1 \(CN=weak\) is weak: 1024 bits, where clients want 2048/);
  match(told[1] ?? '', /the signature of certificate 1 \(CN=weak\) is weak \(ecdsa-with-SHA1\)/);
});

test('an authority in the file that has expired is told', () => {
  const certificates = [site, inner].map(({ cert }) => new X509Certificate(readFileSync(cert)));
  const endMs = certificates[1]?.validToDate.getTime() ?? 0;
  deepEqual(expiredAuthorities({ path: '/s.pem', certificates }, endMs - 1), []);
  match(
    expiredAuthorities({ path: '/s.pem', certificates }, endMs).join(),
    /^\/s\.pem: certificate 2 \(CN=inner\), an authority, has expired \(\d{4}-\d\d-\d\d\)/,
  );
});
