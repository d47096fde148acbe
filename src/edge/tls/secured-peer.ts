/** What a TLS connection tells of itself and of its client's certificate, when it is asked. */

import type { X509Certificate } from 'node:crypto';
import type { PeerCertificate, PeerTls } from '../../protocol/http/peer-tls.ts';
import type { ClientHello } from '../../protocol/tls/client-hello.ts';
import { renderDistinguishedName, renderOneLineName } from '../../protocol/tls/distinguished-name.ts';
import { agreedGroup } from '../../protocol/tls/groups.ts';
import { sessionIdOf } from '../../protocol/tls/session-parts.ts';
import type { VerifyError } from '../../protocol/tls/verify-errors.ts';
import { verifyError } from '../../protocol/tls/verify-errors.ts';
import type { TlsStream } from './tls-stream.ts';

/** A client that has spoken plainly on an address where TLS is spoken. */
export const NO_TLS: PeerTls = {
  isMissing: true,
  serverName: '',
  site: -1,
  hello: undefined,
  isResumed: false,
  certificate: undefined,
  certificateFault: undefined,
  isUnknownAuthority: false,
  sessionId: '',
  curve: '',
  protocol: '',
};

export interface Shaken {
  readonly hello: ClientHello | undefined;
  /** Of the model, chosen by the name in the handshake. */
  readonly site: number;
  readonly certificate: X509Certificate | undefined;
  /** OpenSSL's code for what is wrong with the certificate: `CERT_HAS_EXPIRED`. */
  readonly fault: string | undefined;
  /** Why it is refused though nothing is wrong with it, in nginx's words: what its authority says. */
  readonly statusFault: string | undefined;
  /** Groups of the key exchange that the site has; '': the usual ones. */
  readonly curves: string;
}

export class SecuredPeer implements PeerTls {
  readonly isMissing = false;
  readonly hello: ClientHello | undefined;
  readonly site: number;
  readonly certificateFault: VerifyError | undefined;
  readonly isUnknownAuthority: boolean;
  readonly #socket: TlsStream;
  readonly #curves: string;
  readonly #x509: X509Certificate | undefined;
  #certificate: PeerCertificate | undefined;

  constructor(socket: TlsStream, { hello, site, certificate, fault, statusFault, curves }: Shaken) {
    this.hello = hello;
    this.site = site;
    this.certificateFault = faultOf(fault, statusFault);
    this.isUnknownAuthority = fault !== undefined && UNKNOWN_AUTHORITY.has(fault);
    this.#socket = socket;
    this.#x509 = certificate;
    this.#curves = curves;
  }

  get serverName(): string {
    return this.hello?.serverName ?? '';
  }

  get isResumed(): boolean {
    return this.#socket.isSessionReused();
  }

  get certificate(): PeerCertificate | undefined {
    this.#certificate ??= this.#x509 && certificateOf(this.#x509);
    return this.#certificate;
  }

  get sessionId(): string {
    const session = this.#socket.getSession();
    return session === undefined || session === null ? '' : sessionIdOf(session);
  }

  get curve(): string {
    const { name = '' } = this.#socket.getCipher() ?? {};
    const isExchanged = name.startsWith('TLS_') || name.includes('ECDHE');
    return this.hello !== undefined && isExchanged ? agreedGroup(this.hello, this.#curves) : '';
  }

  get protocol(): string {
    return this.#socket.alpnProtocol || '';
  }
}

function faultOf(fault: string | undefined, statusFault: string | undefined): VerifyError | undefined {
  if (fault !== undefined) {
    return verifyError(fault);
  }
  return statusFault === undefined ? undefined : { number: undefined, words: statusFault };
}

/** A peer's certificate can be presented without its authority by whoever likes to: with these codes it is not known who has signed it. */
const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function certificateOf(x509: X509Certificate): PeerCertificate {
  return {
    raw: x509.raw,
    pem: x509.toString(),
    subject: escapeHigh(renderDistinguishedName(x509.subject)),
    issuer: escapeHigh(renderDistinguishedName(x509.issuer)),
    subjectOneLine: renderOneLineName(x509.subject),
    issuerOneLine: renderOneLineName(x509.issuer),
    serial: x509.serialNumber,
    fingerprint: x509.fingerprint.replaceAll(':', '').toLowerCase(),
    validFrom: x509.validFrom,
    validTo: x509.validTo,
    validToMs: x509.validToDate.getTime(),
  };
}

/** RFC 2253 2.4: a byte may be written as its two digits, as OpenSSL does with all that is not ASCII. */
function escapeHigh(text: string): string {
  return text.replace(/[^\p{ASCII}]+/gu, (found) =>
    Array.from(Buffer.from(found), (byte) => `\\${byte.toString(16).toUpperCase()}`).join(''),
  );
}
