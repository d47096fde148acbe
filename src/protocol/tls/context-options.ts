/** What a context of TLS is made with: tried out before anybody connects, and used by each thread of the edge. */

import type { TlsSettings } from '../control/edge.ts';

/**
 * OpenSSL's SSL_OP_NO_RENEGOTIATION: a client of TLS 1.2 could ask for one handshake after another on one connection, which no cap of
 * connections sees.
 */
const NO_RENEGOTIATION = 0x4000_0000;
/** OpenSSL's SSL_OP_NO_TICKET: a session that is resumed keeps the verdict on the client's certificate, also when that has expired. */
const NO_TICKET = 0x4000;

export interface ContextOptions {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  readonly ciphers?: string;
  readonly minVersion: 'TLSv1.2';
  readonly secureOptions: number;
  readonly sessionIdContext: string;
  readonly ticketKeys: Buffer;
}

export function contextOptions(settings: TlsSettings): ContextOptions {
  const asksClients = settings.caCerts !== '';
  return {
    cert: settings.certificates,
    key: settings.key,
    ...(asksClients ? { ca: settings.caCerts } : {}),
    ...(settings.ciphers === '' ? {} : { ciphers: settings.ciphers }),
    minVersion: 'TLSv1.2',
    secureOptions: NO_RENEGOTIATION | (asksClients ? NO_TICKET : 0),
    // By default made of the command line, which each thread has its own of.
    sessionIdContext: 'portico',
    ticketKeys: Buffer.from(settings.ticketKeys, 'base64'),
  };
}
