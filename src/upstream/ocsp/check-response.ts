/** Whether what an authority says of a certificate can be believed. */

import type { X509Certificate } from 'node:crypto';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { readCertificateParts } from '../../protocol/ocsp/certificate-parts.ts';
import type { OcspResponse, SingleResponse } from '../../protocol/ocsp/ocsp-response.ts';
import { readOcspResponse } from '../../protocol/ocsp/ocsp-response.ts';
import { digestOf, isAbout } from './certificate-id.ts';
import { OCSP_LIMITS } from './limits.ts';

/** A certificate that an authority is asked about, and whom to believe. */
export interface OcspSubject {
  readonly certificate: X509Certificate;
  readonly issuer: X509Certificate;
  /** The certificate, and its signers … */
  readonly chain: readonly X509Certificate[];
  /** … and those that are trusted. */
  readonly trusted: readonly X509Certificate[];
  /** Who may have signed an answer: anybody, as long as the signature is good; the certificate's issuer, and whom it allows to; or these where a trusted root leads to them. */
  readonly signer: 'anybody' | 'issuer' | 'trusted';
}

/** RFC 6960 3.2: it is about the certificate, signed by whoever may say so, and of now. Whatever it says of the certificate. */
export function checkResponse(der: Buffer, subject: OcspSubject, nowMs: number): Outcome<SingleResponse> {
  const read = readOcspResponse(der);
  const certificate = readCertificateParts(subject.certificate.raw);
  const issuer = readCertificateParts(subject.issuer.raw);
  if (!read.ok || !certificate.ok || !issuer.ok) {
    return failure(read.ok ? 'OCSP_cert_to_id() failed' : read.fault);
  }
  const fault = signatureFault(read.value, subject, nowMs);
  if (fault !== undefined) {
    return failure(`OCSP_basic_verify() failed (${fault})`);
  }
  const single = read.value.responses.find((each) => isAbout(each, certificate.value, issuer.value));
  if (single === undefined) {
    return failure('certificate status not found in the OCSP response');
  }
  const { thisUpdateMs, nextUpdateMs = Infinity } = single;
  const { clockSkewMs } = OCSP_LIMITS;
  if (thisUpdateMs > nowMs + clockSkewMs || nextUpdateMs < nowMs - clockSkewMs || nextUpdateMs < thisUpdateMs) {
    return failure('OCSP_check_validity() failed (it is not of now)');
  }
  return success(single);
}

interface Algorithm {
  readonly type: string;
  readonly digests: readonly (string | null)[];
}

/** RSA-PSS has its digest among its parameters, of which there are three in use. SHA-1 and older are left out: who could make two texts with one digest would have any word signed. */
const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map([
  ['1.2.840.113549.1.1.11', { type: 'rsa', digests: ['sha256'] }],
  ['1.2.840.113549.1.1.12', { type: 'rsa', digests: ['sha384'] }],
  ['1.2.840.113549.1.1.13', { type: 'rsa', digests: ['sha512'] }],
  ['1.2.840.113549.1.1.10', { type: 'rsa-pss', digests: ['sha256', 'sha384', 'sha512'] }],
  ['1.2.840.10045.4.3.2', { type: 'ec', digests: ['sha256'] }],
  ['1.2.840.10045.4.3.3', { type: 'ec', digests: ['sha384'] }],
  ['1.2.840.10045.4.3.4', { type: 'ec', digests: ['sha512'] }],
  ['1.3.101.112', { type: 'ed25519', digests: [null] }],
]);

/** What is wrong with who has signed it, or with what they have signed. */
function signatureFault(response: OcspResponse, subject: OcspSubject, nowMs: number): string | undefined {
  const algorithm = ALGORITHMS.get(response.algorithm);
  if (algorithm === undefined) {
    return `it is signed by the method ${response.algorithm}, which is not known or too weak`;
  }
  const known = [subject.issuer, ...subject.chain.slice(1), ...subject.trusted];
  const signer = [...known, ...certificatesIn(response)].find((each) => isNamed(each, response));
  if (signer === undefined) {
    return 'signer certificate not found';
  }
  if (!hasSigned(signer, response, algorithm)) {
    return 'bad signature';
  }
  if (subject.signer === 'anybody') {
    return undefined;
  }
  if (!maySign(signer, subject.issuer, nowMs)) {
    return 'the signer is not the issuer of the certificate, and not allowed to sign for it';
  }
  return subject.signer === 'issuer' || leadsToRoot(subject.issuer, subject)
    ? undefined
    : 'unable to get issuer certificate';
}

function certificatesIn({ certificates }: OcspResponse): X509Certificate[] {
  const { X509Certificate: Certificate } = process.getBuiltinModule('node:crypto');
  return certificates.flatMap((der) => {
    try {
      return [new Certificate(der)];
    } catch {
      return []; // It has signed nothing then.
    }
  });
}

function isNamed(certificate: X509Certificate, { signer }: OcspResponse): boolean {
  const parts = readCertificateParts(certificate.raw);
  if (!parts.ok) {
    return false;
  }
  return 'subject' in signer
    ? parts.value.subject.equals(signer.subject)
    : digestOf('sha1', parts.value.publicKey).equals(signer.keyDigest);
}

function hasSigned(
  { publicKey }: X509Certificate,
  { signed, signature }: OcspResponse,
  { type, digests }: Algorithm,
): boolean {
  const { verify, constants } = process.getBuiltinModule('node:crypto');
  const ownType = publicKey.asymmetricKeyType;
  const isPss = type === 'rsa-pss';
  if (ownType !== type && !(isPss && ownType === 'rsa')) {
    return false;
  }
  const key = isPss
    ? {
        ...{ key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING },
        saltLength: constants.RSA_PSS_SALTLEN_AUTO,
      }
    : publicKey;
  return digests.some((digest) => {
    try {
      return verify(digest, signed, key, signature);
    } catch {
      return false; // The key does not fit the signature.
    }
  });
}

/** RFC 6960 4.2.2.2: the issuer itself, or one whom it has given a certificate for that. */
function maySign(signer: X509Certificate, issuer: X509Certificate, nowMs: number): boolean {
  if (signer.raw.equals(issuer.raw)) {
    return true;
  }
  const parts = readCertificateParts(signer.raw);
  const isOfNow = signer.validFromDate.getTime() <= nowMs && nowMs <= signer.validToDate.getTime();
  return parts.ok && parts.value.signsOcsp && isOfNow && signer.checkIssued(issuer) && signer.verify(issuer.publicKey);
}

/** Whether one that is trusted, and has signed itself, stands at the end of its signers. */
function leadsToRoot(certificate: X509Certificate, { chain, trusted }: OcspSubject): boolean {
  const left = new Set([...trusted, ...chain]);
  for (let last = certificate; ; ) {
    const signed = last;
    if (signed.checkIssued(signed)) {
      return trusted.some(({ raw }) => raw.equals(signed.raw));
    }
    const next = [...left].find((each) => signed.checkIssued(each) && signed.verify(each.publicKey));
    if (next === undefined) {
      return false;
    }
    left.delete(next);
    last = next;
  }
}
