/** The question to an authority whether a certificate is revoked (RFC 6960 4.1). */

import { renderDer, TAG } from './der-reader.ts';

/** By what a certificate is named: digests of its issuer's name and key, and its number. */
export interface CertificateId {
  /** The digest's name as object: see `DIGESTS`. */
  readonly digest: string;
  readonly nameDigest: Buffer;
  readonly keyDigest: Buffer;
  readonly serial: Buffer;
}

/** By the name of the object, as OpenSSL calls it. RFC 5019 2.1.1: whoever asks takes SHA-1, as responders that have prepared their answers know no other. Nothing hangs on its strength. */
export const DIGESTS: ReadonlyMap<string, string> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
]);
export const SHA1 = '1.3.14.3.2.26';

/** The object SHA-1, with no parameters. */
const SHA1_ALGORITHM = Buffer.from('300906052b0e03021a0500', 'hex');

/** `id`: with SHA-1. No nonce: responders prepare their answers, and none is asked for twice at a time. */
export function renderOcspRequest({ nameDigest, keyDigest, serial }: CertificateId): Buffer {
  const id = renderDer(
    TAG.sequence,
    SHA1_ALGORITHM,
    renderDer(TAG.octetString, nameDigest),
    renderDer(TAG.octetString, keyDigest),
    renderDer(TAG.integer, serial),
  );
  const list = renderDer(TAG.sequence, renderDer(TAG.sequence, id));
  return renderDer(TAG.sequence, renderDer(TAG.sequence, list));
}

/** RFC 6960 A.1: the question as the end of a path. */
export function renderRequestPath(path: string, request: Buffer): string {
  return `${path.endsWith('/') ? path : `${path}/`}${encodeURIComponent(request.toString('base64'))}`;
}
