/** The parts of a certificate (RFC 5280 4.1) by which OCSP names it, and what it says of OCSP. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { DerFault, DerReader, inner, TAG } from './der-reader.ts';

export interface CertificateParts {
  /** Bytes of the number. */
  readonly serial: Buffer;
  /** In DER. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** The bits of the public key, without the name of its kind. */
  readonly publicKey: Buffer;
  /** It may sign answers for the authority that has signed it (RFC 6960 4.2.2.2). */
  readonly signsOcsp: boolean;
  /** Clients are to refuse it without the authority's word about it (RFC 7633). */
  readonly isMustStaple: boolean;
}

const EXTENDED_KEY_USAGE = '2.5.29.37';
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const TLS_FEATURE = '1.3.6.1.5.5.7.1.24';
/** The extension status_request of a ClientHello. */
const STATUS_REQUEST = 5;

/** `der`: a certificate that OpenSSL has read. */
export function readCertificateParts(der: Buffer): Outcome<CertificateParts> {
  try {
    const body = new DerReader(der).inside(TAG.sequence).inside(TAG.sequence);
    body.insideIf(inner(0));
    const serial = body.content(TAG.integer);
    body.whole(); // How it is signed.
    const issuer = body.whole();
    body.whole(); // From when, and until when.
    const subject = body.whole();
    const key = body.inside(TAG.sequence);
    key.whole();
    const publicKey = key.bits();
    const extensions = new Map<string, Buffer>();
    while (!body.isAtEnd) {
      const isExtensions = body.isNext(inner(3));
      const value = body.whole();
      if (isExtensions) {
        readExtensions(new DerReader(value).inside(inner(3)).inside(TAG.sequence), extensions);
      }
    }
    return success({
      ...{ serial, issuer, subject, publicKey },
      signsOcsp: has(extensions.get(EXTENDED_KEY_USAGE), (reader) => reader.objectId() === OCSP_SIGNING),
      isMustStaple: has(extensions.get(TLS_FEATURE), (reader) => isNumber(reader, STATUS_REQUEST)),
    });
  } catch (error) {
    if (!(error instanceof DerFault)) {
      throw error;
    }
    return failure(error.message);
  }
}

function readExtensions(list: DerReader, into: Map<string, Buffer>): void {
  while (!list.isAtEnd) {
    const extension = list.inside(TAG.sequence);
    const name = extension.objectId();
    let value = extension.whole();
    if (!extension.isAtEnd) {
      value = extension.whole(); // Before it stood whether it is critical.
    }
    into.set(name, new DerReader(value).content(TAG.octetString));
  }
}

/** Whether a list has an entry like that. */
function has(list: Buffer | undefined, isSought: (reader: DerReader) => boolean): boolean {
  const reader = list && new DerReader(list).inside(TAG.sequence);
  while (reader !== undefined && !reader.isAtEnd) {
    if (isSought(reader)) {
      return true;
    }
  }
  return false;
}

function isNumber(reader: DerReader, number: number): boolean {
  const content = reader.content(TAG.integer);
  return content.length === 1 && content[0] === number;
}
