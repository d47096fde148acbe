/** Whether the certificate of a client is good. OpenSSL checks it in the handshake; that a chain is longer than the site allows is checked here, where Node leaves it to nobody. */

import type { TLSSocket } from 'node:tls';
import type { TlsContextSettings } from '../../protocol/control/edge.ts';
import type { ClientChain } from './client-chain.ts';

/** OpenSSL's code for what is wrong; undefined: nothing. `chain`: undefined where OpenSSL has found none that is good. */
export function faultOfClient(
  socket: TLSSocket,
  chain: ClientChain | undefined,
  { verifyDepth }: Pick<TlsContextSettings, 'verifyDepth'>,
  nowMs: number,
): string | undefined {
  if (!socket.authorized || chain === undefined) {
    const { authorizationError: error } = socket;
    return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
  }
  // A session that is taken up again has the verdict of the day when it was made.
  const [certificate] = chain.certificates;
  if (certificate !== undefined && certificate.validToDate.getTime() < nowMs) {
    return 'CERT_HAS_EXPIRED';
  }
  return depthOf(chain) > verifyDepth ? 'CERT_CHAIN_TOO_LONG' : undefined;
}

/** How many certificates are between the client's and a root, or the last that is known. */
function depthOf({ certificates }: ClientChain): number {
  const last = certificates.at(-1);
  const isRooted = last?.checkIssued(last) === true;
  return Math.max(0, certificates.length - (isRooted ? 2 : 1));
}
