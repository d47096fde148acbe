/** What is to be known of the TLS of one connection, beside what many agree in (`TlsFacts`). Whatever costs something is found out when it is asked for. */

import type { ClientHello } from '../tls/client-hello.ts';
import type { VerifyError } from '../tls/verify-errors.ts';

export interface PeerTls {
  /** The client has spoken plainly on an address where TLS is spoken, and there is nothing of what follows. */
  readonly isMissing: boolean;
  /** The name in the handshake, in lower case; '' if there is none. */
  readonly serverName: string;
  /** Index in the model of the site that was chosen by that name; -1: none. */
  readonly site: number;
  readonly hello: ClientHello | undefined;
  readonly isResumed: boolean;
  /** The certificate that the client has shown, whether it is good or not. */
  readonly certificate: PeerCertificate | undefined;
  /** What is wrong with the client's certificate; undefined: nothing, or there is none. */
  readonly certificateFault: VerifyError | undefined;
  /** That fault says only that nobody who is known has signed it. */
  readonly isUnknownAuthority: boolean;
  /** In hexadecimal digits; '' without one. */
  readonly sessionId: string;
  /** The group of the key exchange, as OpenSSL names it; '' without one. */
  readonly curve: string;
  /** The protocol that was agreed on by ALPN; '' for none. */
  readonly protocol: string;
}

export interface PeerCertificate {
  /** DER. */
  readonly raw: Buffer;
  readonly pem: string;
  /** RFC 2253. */
  readonly subject: string;
  readonly issuer: string;
  /** As OpenSSL writes them on one line: `/O=Example/CN=web`. */
  readonly subjectOneLine: string;
  readonly issuerOneLine: string;
  /** In upper hexadecimal digits. */
  readonly serial: string;
  /** SHA-1, in lower hexadecimal digits. */
  readonly fingerprint: string;
  /** As OpenSSL prints them: `Jan  1 00:00:00 2027 GMT`. */
  readonly validFrom: string;
  readonly validTo: string;
  readonly validToMs: number;
}
