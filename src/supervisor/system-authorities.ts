/** The authorities that the administrator of the machine trusts. */

import type { X509Certificate } from 'node:crypto';

let known: ReadonlyMap<string, readonly X509Certificate[]> | undefined;

/** Whether one of them has signed it. The first time it takes some 50 ms. */
export function isSignedBySystem(certificate: X509Certificate): boolean {
  // Loaded only where TLS is spoken, because it takes some megabytes.
  known ??= bySubject(process.getBuiltinModule('node:tls').getCACertificates('system'));
  const found = known.get(certificate.issuer) ?? [];
  return found.some((authority) => certificate.checkIssued(authority));
}

function bySubject(pems: readonly string[]): ReadonlyMap<string, readonly X509Certificate[]> {
  const { X509Certificate: Certificate } = process.getBuiltinModule('node:crypto');
  const authorities = new Map<string, X509Certificate[]>();
  for (const pem of pems) {
    const authority = new Certificate(pem);
    authorities.set(authority.subject, [...(authorities.get(authority.subject) ?? []), authority]);
  }
  return authorities;
}
