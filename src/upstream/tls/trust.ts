/** Whether a server is the one that was meant: by its chain, how long that is, and its name. The words are nginx's. */

import { isIP } from 'node:net';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { renderVerifyError } from '../../protocol/tls/verify-errors.ts';
import { escapeOutput } from '../wires/escape-output.ts';

/** Chains longer than this are not followed. OpenSSL's own limit. */
const CHAIN_LENGTH_MAX = 100;

/**
 * Undefined: it is trusted. `depth`: how many authorities may stand between its certificate and one that is trusted. When a session is taken up again, Node
 * has no certificate: it was kept for this name and these authorities, after all of this had been looked at, and has the verdict in it.
 */
export function whyNotTrusted(socket: TLSSocket, name: string, depth: number): string | undefined {
  if (!socket.authorized) {
    return verifyFault(String(socket.authorizationError));
  }
  if (socket.isSessionReused()) {
    return undefined;
  }
  // In this order: what Node makes of the certificate alone takes the chain out of the connection.
  const isTooLong = intermediatesOf(socket) > depth;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined || isTooLong) {
    return verifyFault(isTooLong ? 'CERT_CHAIN_TOO_LONG' : 'UNSPECIFIED');
  }
  const isMeant = isIP(name) === 0 ? certificate.checkHost(name, { subject: 'default' }) : certificate.checkIP(name);
  return isMeant === undefined ? `upstream SSL certificate does not match "${escapeOutput(name)}"` : undefined;
}

function verifyFault(code: string): string {
  return `upstream SSL certificate verify error: ${renderVerifyError(code)}`;
}

/** Only this interface of Node finds those in the chain that the server has not sent. */
function intermediatesOf(socket: TLSSocket): number {
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  let length = 1;
  while (length < CHAIN_LENGTH_MAX) {
    const issuer: DetailedPeerCertificate | undefined = certificate.issuerCertificate;
    if (issuer === undefined || issuer === certificate || issuer.fingerprint256 === certificate.fingerprint256) {
      break;
    }
    certificate = issuer;
    length += 1;
  }
  return Math.max(0, length - 2);
}
