import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { readCertificateParts } from './certificate-parts.ts';
import { DerReader, inner, TAG } from './der-reader.ts';
import { AUTHORITY, CERTIFICATE, DELEGATED } from './fake-answer.ts';

test('readCertificateParts() reads by what a certificate is named, and what it says of OCSP', () => {
  const [certificate, authority] = [readCertificateParts(CERTIFICATE), readCertificateParts(AUTHORITY)];
  ok(certificate.ok && authority.ok);
  deepEqual(certificate.value.serial, Buffer.from('1234', 'hex'));
  deepEqual(certificate.value.issuer, authority.value.subject);
  equal(certificate.value.publicKey.length, 65);
  deepEqual([certificate.value.isMustStaple, certificate.value.signsOcsp], [true, false]);
  deepEqual([authority.value.isMustStaple, authority.value.signsOcsp], [false, false]);
});

test('readCertificateParts() finds who may sign answers', () => {
  const basic = new DerReader(DELEGATED).inside(TAG.sequence);
  basic.whole();
  const bytes = basic.inside(inner(0)).inside(TAG.sequence);
  bytes.objectId();
  const parts = new DerReader(bytes.content(TAG.octetString)).inside(TAG.sequence);
  for (let count = 0; count < 3; count += 1) {
    parts.whole();
  }
  const signer = readCertificateParts(parts.inside(inner(0)).inside(TAG.sequence).whole());
  equal(signer.ok && signer.value.signsOcsp, true);
});

test('readCertificateParts() refuses a certificate that is cut off anywhere', () => {
  for (let length = 0; length < CERTIFICATE.length; length += 1) {
    equal(readCertificateParts(CERTIFICATE.subarray(0, length)).ok, false);
  }
});
