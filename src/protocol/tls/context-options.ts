/** The options of a TLS context: the supervisor tries them out before anybody connects, and each thread of the edge uses them. */

import type { TlsSettings } from '../control/edge.ts';

type TlsVersion = TlsSettings['protocols'][number];

/**
 * OpenSSL's SSL_OP_NO_RENEGOTIATION: a client of TLS 1.2 could ask for one handshake after another on one connection, which no cap of
 * connections sees.
 */
const NO_RENEGOTIATION = 0x4000_0000;
/** OpenSSL's SSL_OP_NO_TICKET: a session that is resumed keeps the verdict on the client's certificate, also when that has expired. */
const NO_TICKET = 0x4000;

/**
 * Mozilla's intermediate recommendation: each connection has keys of its own (ECDHE), and encryption that authenticates (AEAD). DHE is
 * left out: every client that has it has ECDHE, at a fraction of the cost. Node's own list has CBC and plain RSA as well.
 */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

export interface ContextOptions {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  readonly ciphers: string;
  readonly honorCipherOrder: boolean;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
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
    ciphers: settings.ciphers || CIPHERS,
    // All of our own ciphers are good, and a phone knows best which it is fast with. An operator who names others may mean their order.
    honorCipherOrder: settings.ciphers !== '',
    minVersion: speaks(settings, 'TLSv1.2') ? 'TLSv1.2' : 'TLSv1.3',
    maxVersion: speaks(settings, 'TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2',
    secureOptions: NO_RENEGOTIATION | (asksClients ? NO_TICKET : 0),
    // Node's default is made from the command line, which differs from thread to thread: no thread could resume the sessions of another.
    sessionIdContext: 'portico',
    ticketKeys: Buffer.from(settings.ticketKeys, 'base64'),
  };
}

function speaks({ protocols }: TlsSettings, version: TlsVersion): boolean {
  return protocols.length === 0 || protocols.includes(version);
}
