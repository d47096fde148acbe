import { deepEqual, equal, match } from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { AUTHORITY, CERTIFICATE, DELEGATED, FROM_MS, RESPONSE, UNTIL_MS } from '../../protocol/ocsp/fake-answer.ts';
import type { OcspSubject } from './check-response.ts';
import { checkResponse } from './check-response.ts';

const certificate = new X509Certificate(CERTIFICATE);
const issuer = new X509Certificate(AUTHORITY);
const SUBJECT: OcspSubject = {
  ...{ certificate, issuer, chain: [certificate, issuer], trusted: [], signer: 'issuer' },
};
const NOW_MS = FROM_MS + 1;

function fault(der: Buffer, subject: Partial<OcspSubject> = {}, nowMs = NOW_MS): string {
  const checked = checkResponse(der, { ...SUBJECT, ...subject }, nowMs);
  return checked.ok ? checked.value.status : checked.fault;
}

test('checkResponse() believes the issuer, and whom it allows to sign', () => {
  deepEqual([fault(RESPONSE), fault(DELEGATED)], ['good', 'good']);
});

test('checkResponse() believes nobody whose signature is another one', () => {
  for (const answer of [RESPONSE, DELEGATED]) {
    const changed = Buffer.from(answer);
    const at = changed.indexOf(Buffer.from('20261231'));
    changed[at + 3] = 0x39; // A year of 2029.
    equal(fault(changed, { signer: 'anybody' }), 'OCSP_basic_verify() failed (bad signature)');
  }
});

test('checkResponse() asks for a root that is trusted where it is told to', () => {
  match(fault(RESPONSE, { signer: 'trusted' }), /^OCSP_basic_verify\(\) failed \(unable to get issuer certificate\)$/);
  equal(fault(RESPONSE, { signer: 'trusted', trusted: [issuer] }), 'good');
});

test('checkResponse() believes only what is of now', () => {
  match(fault(RESPONSE, {}, FROM_MS - 301_000), /^OCSP_check_validity\(\) failed/);
  equal(fault(RESPONSE, {}, FROM_MS - 299_000), 'good');
  match(fault(RESPONSE, {}, UNTIL_MS + 301_000), /^OCSP_check_validity\(\) failed/);
});

test('checkResponse() does not take what is said of another certificate', () => {
  equal(fault(RESPONSE, { certificate: issuer }), 'certificate status not found in the OCSP response');
  equal(fault(Buffer.from('x')), 'd2i_OCSP_RESPONSE() failed (a value has not the tag 48)');
});
