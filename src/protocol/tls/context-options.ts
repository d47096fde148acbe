/** The options of a TLS context: the supervisor tries them out before anybody connects, and each thread of the edge uses them. */

import type { TlsContextSettings } from '../control/edge.ts';
import { splitLists } from './split-lists.ts';

type TlsVersion = TlsContextSettings['protocols'][number];

/**
 * OpenSSL's SSL_OP_NO_RENEGOTIATION: a client of TLS 1.2 could ask for one handshake after another on one connection, which no cap of
 * connections sees.
 */
const NO_RENEGOTIATION = 0x4000_0000;
/** OpenSSL's SSL_OP_PRIORITIZE_CHACHA. */
const PRIORITIZE_CHACHA = 0x20_0000;
/** OpenSSL's SSL_OP_NO_TICKET: where clients are asked for certificates, the server keeps the sessions that may be taken up again. */
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

const CERTIFICATE = /-----BEGIN (?:X509 )?CERTIFICATE-----[^-]+-----END (?:X509 )?CERTIFICATE-----/g;

/** As Mozilla recommends. OpenSSL offers X448 and P-521 too, which take several times as long of the server as of whoever asks for them. */
const GROUPS = 'X25519MLKEM768:X25519:P-256:P-384';

export interface ContextOptions {
  readonly cert: string[];
  readonly key: string[];
  readonly ca: string[];
  readonly crl?: string[];
  readonly ciphers: string;
  readonly ecdhCurve: string;
  readonly sigalgs?: string;
  readonly dhparam?: string;
  readonly honorCipherOrder: boolean;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  readonly secureOptions: number;
  readonly sessionIdContext: string;
  readonly sessionTimeout: number;
  readonly ticketKeys: Buffer;
}

/** `ticketKey`: 48 bytes in base64. */
export function contextOptions(settings: TlsContextSettings, ticketKey: string): ContextOptions {
  const { certificates, crl, curves, dhParams } = settings;
  const { told, silent } = authoritiesOf(settings);
  return {
    cert: certificates.map(({ chain }) => chain),
    key: certificates.map(({ key }) => key),
    // Without the option Node would read the authorities of browsers, which takes milliseconds and a megabyte, and trust them. An empty list trusts nobody.
    ca: asksClients(settings) ? [...told, ...silent] : [],
    ...(asksClients(settings) && crl !== '' ? { crl: splitLists(crl) } : {}),
    ciphers: settings.ciphers || CIPHERS,
    ecdhCurve: curves || GROUPS,
    ...(settings.signatures === '' ? {} : { sigalgs: settings.signatures }),
    ...(dhParams === '' ? {} : { dhparam: dhParams }),
    honorCipherOrder: settings.prefersServerCiphers,
    minVersion: speaks(settings, 'TLSv1.2') ? 'TLSv1.2' : 'TLSv1.3',
    maxVersion: speaks(settings, 'TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2',
    secureOptions:
      NO_RENEGOTIATION |
      (settings.usesTickets && !asksClients(settings) ? 0 : NO_TICKET) |
      (settings.prioritizesChaCha ? PRIORITIZE_CHACHA : 0),
    // Node's default is made from the command line, which differs from thread to thread: no thread could resume the sessions of another.
    sessionIdContext: settings.sessionContext,
    sessionTimeout: Math.max(1, Math.ceil(settings.sessionMs / 1000)),
    ticketKeys: Buffer.from(ticketKey, 'base64'),
  };
}

/** Of clients, in PEM: those that they are told of, and others that are trusted. */
export function authoritiesOf({
  caCerts,
  trustedCerts,
}: Pick<TlsContextSettings, 'caCerts' | 'trustedCerts'>): Authorities {
  const told = new Set(caCerts.match(CERTIFICATE));
  const silent = new Set(trustedCerts.match(CERTIFICATE));
  return { told: [...told], silent: [...silent].filter((pem) => !told.has(pem)) };
}

interface Authorities {
  readonly told: readonly string[];
  readonly silent: readonly string[];
}

export function asksClients({ clients }: Pick<TlsContextSettings, 'clients'>): boolean {
  return clients !== 'none';
}

function speaks({ protocols }: TlsContextSettings, version: TlsVersion): boolean {
  return protocols.length === 0 || protocols.includes(version);
}
