/** Who has signed a client's certificate, up to a root: Node does not tell by whom OpenSSL has found it good. */

import type { X509Certificate } from 'node:crypto';

export interface ClientChain {
  /** The client's own first; each is signed by the one behind it. */
  readonly certificates: readonly X509Certificate[];
  /** Every signature is good, and the last has signed itself. A client may send certificates that only have the names of its authorities. */
  readonly isWhole: boolean;
}

/** No chain is longer. */
const CERTIFICATES_MAX = 100;

/** `authorities`: those of the site, in PEM. */
export function clientChain(certificate: X509Certificate, authorities: string): ClientChain {
  const known = authoritiesIn(authorities);
  const certificates = [certificate];
  let isGood = true;
  for (let last = certificate; !last.checkIssued(last); ) {
    const signed = last;
    const signer = known.find((each) => hasSigned(each, signed)) ?? signed.issuerCertificate;
    if (signer === undefined || certificates.length === CERTIFICATES_MAX) {
      return { certificates, isWhole: false };
    }
    isGood &&= hasSigned(signer, signed);
    certificates.push(signer);
    last = signer;
  }
  return { certificates, isWhole: isGood };
}

function hasSigned(authority: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

const PEM = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;
const read = new Map<string, readonly X509Certificate[]>();
/** Sets of authorities are as many as sites have; those of plans that are gone need not be kept. */
const READ_MAX = 64;

function authoritiesIn(pems: string): readonly X509Certificate[] {
  const found = read.get(pems);
  if (found !== undefined) {
    return found;
  }
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  const fresh = (pems.match(PEM) ?? []).map((pem) => new X509Certificate(pem));
  if (read.size >= READ_MAX) {
    read.clear();
  }
  read.set(pems, fresh);
  return fresh;
}
