/** What the TLS of a site goes by. Paths are of PEM files, and absolute; '' stands for none. */

import type { Template } from './template.ts';
import type { Resolver } from './upstream.ts';

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** `unverified`: clients are asked for a certificate, and one that nobody known has signed is taken as well. */
export type ClientCertificatesAsked = 'none' | 'optional' | 'required' | 'unverified';

/** A certificate that each client may find another one of: paths of PEM files with variables, or `data:` and PEM behind it. Both are read when a handshake asks for them. */
export interface NamedKeyFiles {
  readonly certFile: Template;
  readonly keyFile: Template;
  /** Of passwords, one a line; '': keys have none. */
  readonly passwordFile: string;
}

export interface SiteTls {
  /** Indexes in `ServerModel.certificates`: one for each kind of key. Without any, handshakes for the site are those of its listener's default site. */
  readonly certificates: readonly number[];
  /** In their place, where their names have variables. */
  readonly namedCertificates: readonly NamedKeyFiles[];
  /** Handshakes that name the site are refused before any certificate is shown. */
  readonly rejectsHandshake: boolean;
  /** The versions that are spoken; empty: all. */
  readonly protocols: readonly TlsVersion[];
  /** As OpenSSL writes them; '': Mozilla's intermediate recommendation. */
  readonly ciphers: string;
  /** The server's order of ciphers counts, and not the client's. */
  readonly prefersServerCiphers: boolean;
  /** ChaCha20 comes before the server's order for a client that puts it first: one without AES in hardware. */
  readonly prioritizesChaCha: boolean;
  /** Groups of the key exchange as OpenSSL names them, with colons between them; '': those of OpenSSL. */
  readonly curves: string;
  /** Algorithms of signatures as OpenSSL names them, with colons between them; '': those of OpenSSL. */
  readonly signatures: string;
  /** Parameters of DHE. */
  readonly dhParams: string;
  readonly clients: ClientCertificatesAsked;
  /** The authorities that sign the certificates of clients, which are told to clients … */
  readonly caCerts: string;
  /** … and further ones. */
  readonly trustedCerts: string;
  /** Certificates that are revoked. */
  readonly crl: string;
  /** How many authorities may be between the certificate of a client and one that is known. */
  readonly verifyDepth: number;
  /** Whether authorities are asked (OCSP) that the certificate of a client is not revoked: nothing of that, about the client's own, or also about those between it and a root. */
  readonly clientStatus: 'none' | 'leaf' | 'chain';
  /** The URL that is asked; '': that in each certificate. */
  readonly clientResponder: string;
  /** Who finds responders; undefined: nobody finds those that certificates name, and the system the one that is named here. */
  readonly clientResolver: Resolver | undefined;
  /** Answers are kept by this name, as long as they count; '': they are not. */
  readonly clientStatusCache: string;
  /** How long a session may be taken up again. */
  readonly sessionMs: number;
  /** Sessions are given to clients as tickets. */
  readonly usesTickets: boolean;
  /** Where tickets are not used, the server keeps the sessions. */
  readonly keepsSessions: boolean;
  /** Files of 48 or 80 bytes, with which tickets are sealed: the first seals, all open. Empty: keys of the server's own. */
  readonly ticketKeyFiles: readonly string[];
  /** The most that is encrypted in one record. */
  readonly recordBytesMax: number;
  /** For which certificates the word of the authority that they are not revoked is sent with them (RFC 6066 8): all, or those that clients refuse without it (RFC 7633). */
  readonly staples: 'never' | 'demanded' | 'always';
  /** A response of OCSP in DER that is sent in place of one that is asked for. */
  readonly staplingFile: string;
  /** The URL that is asked; '': that in the certificate. */
  readonly staplingResponder: string;
  /** Who may have signed a response: anybody, as long as the signature is good; the certificate's issuer, and whom it allows to; or these where a trusted root leads to them. */
  readonly staplingSigner: 'anybody' | 'issuer' | 'trusted';
  /** Who finds the responder; undefined: the system. */
  readonly staplingResolver: Resolver | undefined;
}

/** Whom a site lets in by their certificates. A site that says nothing of TLS has those of the default site of the listener. */
export type ClientRules = Pick<
  SiteTls,
  | 'clients'
  | 'caCerts'
  | 'trustedCerts'
  | 'crl'
  | 'verifyDepth'
  | 'clientStatus'
  | 'clientResponder'
  | 'clientResolver'
  | 'clientStatusCache'
>;

export function clientRulesOf(tls: ClientRules): ClientRules {
  const { clients, caCerts, trustedCerts, crl, verifyDepth } = tls;
  const { clientStatus, clientResponder, clientResolver, clientStatusCache } = tls;
  const status = { clientStatus, clientResponder, clientResolver, clientStatusCache };
  return { clients, caCerts, trustedCerts, crl, verifyDepth, ...status };
}

/** RFC 8446 5.1: the longest record there is. */
export const RECORD_BYTES_MAX = 16_384;

/** What holds where nothing is said. Sessions last as long as OpenSSL has them last, and chains of clients' certificates may be as long as there is any. */
export const USUAL_TLS: SiteTls = {
  certificates: [],
  namedCertificates: [],
  rejectsHandshake: false,
  protocols: [],
  ciphers: '',
  prefersServerCiphers: false,
  prioritizesChaCha: false,
  curves: '',
  signatures: '',
  dhParams: '',
  clients: 'none',
  caCerts: '',
  trustedCerts: '',
  crl: '',
  verifyDepth: 9,
  clientStatus: 'none',
  clientResponder: '',
  clientResolver: undefined,
  clientStatusCache: '',
  sessionMs: 7_200_000,
  usesTickets: true,
  keepsSessions: true,
  ticketKeyFiles: [],
  recordBytesMax: RECORD_BYTES_MAX,
  staples: 'demanded',
  staplingFile: '',
  staplingResponder: '',
  staplingSigner: 'issuer',
  staplingResolver: undefined,
};
