/** By what an authority knows a certificate: digests of its issuer, and its number. */

import type { CertificateParts } from '../../protocol/ocsp/certificate-parts.ts';
import type { CertificateId } from '../../protocol/ocsp/ocsp-request.ts';
import { DIGESTS, SHA1 } from '../../protocol/ocsp/ocsp-request.ts';

/** The cryptography of Node is loaded only where TLS is spoken: see randomBytes. */
export function digestOf(name: string, bytes: Buffer): Buffer {
  return process.getBuiltinModule('node:crypto').createHash(name).update(bytes).digest();
}

export function certificateIdOf({ serial }: CertificateParts, issuer: CertificateParts): CertificateId {
  return {
    digest: SHA1,
    nameDigest: digestOf('sha1', issuer.subject),
    keyDigest: digestOf('sha1', issuer.publicKey),
    serial,
  };
}

/** `issuer`: undefined where it is not known, and the name of it has to do. */
export function isAbout(
  id: CertificateId,
  certificate: CertificateParts,
  issuer: CertificateParts | undefined,
): boolean {
  const digest = DIGESTS.get(id.digest);
  return (
    digest !== undefined &&
    id.serial.equals(certificate.serial) &&
    id.nameDigest.equals(digestOf(digest, certificate.issuer)) &&
    (issuer === undefined || id.keyDigest.equals(digestOf(digest, issuer.publicKey)))
  );
}
