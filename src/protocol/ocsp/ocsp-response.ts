/** What an authority says of certificates (RFC 6960 4.2): read, and not believed yet. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { DerFault, DerReader, inner, plain, readTime, TAG } from './der-reader.ts';
import type { CertificateId } from './ocsp-request.ts';

export type CertificateStatus = 'good' | 'revoked' | 'unknown';

export interface SingleResponse extends CertificateId {
  readonly status: CertificateStatus;
  readonly thisUpdateMs: number;
  /** Undefined: newer ones are there at any time. */
  readonly nextUpdateMs: number | undefined;
}

export interface OcspResponse {
  /** What is signed. */
  readonly signed: Buffer;
  readonly signature: Buffer;
  /** How it is signed, as the name of an object. */
  readonly algorithm: string;
  /** By whom: the subject of a certificate in DER, or the SHA-1 of its key. */
  readonly signer: { readonly subject: Buffer } | { readonly keyDigest: Buffer };
  /** In DER: those that may have signed it. */
  readonly certificates: readonly Buffer[];
  readonly responses: readonly SingleResponse[];
}

const BASIC = '1.3.6.1.5.5.7.48.1.1';
/** Nobody sends chains that are longer. Each costs a verification. */
const CERTIFICATES_MAX = 8;
/** We ask about one. Responders that have prepared their answers may have put a few into each. */
const RESPONSES_MAX = 64;

/** As OpenSSL says them, by number. */
const STATUSES: Readonly<Record<number, string>> = {
  1: 'malformedrequest',
  2: 'internalerror',
  3: 'trylater',
  5: 'sigrequired',
  6: 'unauthorized',
};

/** Faults are in nginx's words. */
export function readOcspResponse(der: Buffer): Outcome<OcspResponse> {
  try {
    const whole = new DerReader(der);
    const response = whole.inside(TAG.sequence);
    whole.end();
    const [status = 0, ...more] = response.content(TAG.enumerated);
    if (status !== 0 || more.length > 0) {
      return failure(`OCSP response not successful (${status}: ${STATUSES[status] ?? '(UNKNOWN)'})`);
    }
    const bytes = response.inside(inner(0)).inside(TAG.sequence);
    response.end();
    if (bytes.objectId() !== BASIC) {
      return failure('OCSP_response_get1_basic() failed (it is of another kind)');
    }
    const basic = new DerReader(bytes.content(TAG.octetString));
    bytes.end();
    const read = readBasic(basic.inside(TAG.sequence));
    basic.end();
    return success(read);
  } catch (error) {
    if (!(error instanceof DerFault)) {
      throw error;
    }
    return failure(`d2i_OCSP_RESPONSE() failed (${error.message})`);
  }
}

function readBasic(basic: DerReader): OcspResponse {
  const signed = basic.whole();
  const algorithm = basic.inside(TAG.sequence).objectId();
  const signature = basic.bits();
  const list = basic.insideIf(inner(0))?.inside(TAG.sequence);
  basic.end();
  const certificates: Buffer[] = [];
  while (list !== undefined && !list.isAtEnd) {
    limit(certificates, CERTIFICATES_MAX);
    certificates.push(list.whole());
  }
  return { signed, signature, algorithm, certificates, ...readSigned(new DerReader(signed).inside(TAG.sequence)) };
}

function limit(list: readonly unknown[], max: number): void {
  if (list.length === max) {
    throw new DerFault('there are too many in a list');
  }
}

function readSigned(said: DerReader): Pick<OcspResponse, 'signer' | 'responses'> {
  said.insideIf(inner(0)); // Its version.
  const subject = said.insideIf(inner(1))?.whole();
  const signer = subject === undefined ? { keyDigest: said.inside(inner(2)).content(TAG.octetString) } : { subject };
  said.content(TAG.generalizedTime); // When it was made.
  const list = said.inside(TAG.sequence);
  said.insideIf(inner(1)); // Extensions: none that is asked for.
  said.end();
  const responses: SingleResponse[] = [];
  while (!list.isAtEnd) {
    limit(responses, RESPONSES_MAX);
    responses.push(readSingle(list.inside(TAG.sequence)));
  }
  return { signer, responses };
}

function readSingle(single: DerReader): SingleResponse {
  const id = single.inside(TAG.sequence);
  const digest = id.inside(TAG.sequence).objectId();
  const nameDigest = id.content(TAG.octetString);
  const keyDigest = id.content(TAG.octetString);
  const serial = id.content(TAG.integer);
  id.end();
  const status = readStatus(single);
  const thisUpdateMs = readTime(single.content(TAG.generalizedTime));
  const next = single.insideIf(inner(0));
  const nextUpdateMs = next && readTime(next.content(TAG.generalizedTime));
  single.insideIf(inner(1));
  single.end();
  return { digest, nameDigest, keyDigest, serial, status, thisUpdateMs, nextUpdateMs };
}

function readStatus(single: DerReader): CertificateStatus {
  const tags = [
    [plain(0), 'good'],
    [inner(1), 'revoked'],
    [plain(2), 'unknown'],
  ] as const;
  const found = tags.find(([tag]) => single.isNext(tag));
  if (found === undefined) {
    throw new DerFault('the status of a certificate is none');
  }
  single.whole();
  return found[1];
}
