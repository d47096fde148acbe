/** Whether the certificate of a client is good. OpenSSL checks it in the handshake; that a chain is longer than the site allows is checked here, where Node leaves it to nobody. */

import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { TlsContextSettings } from '../../protocol/control/edge.ts';

/** OpenSSL's code for what is wrong; undefined: nothing. */
export function faultOfClient(
  socket: TLSSocket,
  certificate: X509Certificate,
  { caCerts, trustedCerts, verifyDepth }: TlsContextSettings,
  nowMs: number,
): string | undefined {
  if (!socket.authorized) {
    const { authorizationError: error } = socket;
    return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
  }
  // A session that is taken up again has the verdict of the day when it was made.
  if (certificate.validToDate.getTime() < nowMs) {
    return 'CERT_HAS_EXPIRED';
  }
  return depthOf(certificate, authoritiesOf(`${caCerts}\n${trustedCerts}`)) > verifyDepth
    ? 'CERT_CHAIN_TOO_LONG'
    : undefined;
}

const PEM = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;
const known = new Map<string, readonly X509Certificate[]>();
/** Sets of authorities are as many as sites have; those of plans that are gone need not be kept. */
const KNOWN_MAX = 64;

function authoritiesOf(pems: string): readonly X509Certificate[] {
  const found = known.get(pems);
  if (found !== undefined) {
    return found;
  }
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  const fresh = (pems.match(PEM) ?? []).map((pem) => new X509Certificate(pem));
  if (known.size >= KNOWN_MAX) {
    known.clear();
  }
  known.set(pems, fresh);
  return fresh;
}

/** No chain is longer. */
const DEPTH_MAX = 100;

/** How many certificates are between the client's and a root, or the last that is known. */
function depthOf(certificate: X509Certificate, authorities: readonly X509Certificate[]): number {
  let depth = 0;
  let current = certificate;
  while (depth <= DEPTH_MAX && !current.checkIssued(current)) {
    const signer =
      authorities.find((each) => current.checkIssued(each) && current.verify(each.publicKey)) ??
      current.issuerCertificate;
    if (signer === undefined || signer.checkIssued(signer)) {
      return depth;
    }
    depth += 1;
    current = signer;
  }
  return depth;
}
