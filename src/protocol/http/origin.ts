import type { ForwardedFamily } from './forwarded-fields.ts';

/** Who asks. */
export interface Client {
  /** IP address without brackets, or '' on a Unix socket. */
  readonly address: string;
  /** TCP port, or '' when unknown. */
  readonly port: string;
}

/** What the server side of a connection looks like to an application. One object for each distinct origin of a listener. */
export interface Origin {
  readonly scheme: 'http' | 'https';
  /** SERVER_NAME and SERVER_PORT. */
  readonly name: string;
  readonly port: string;
  /** The family of forwarded fields that reaches the application as it came, because the peer may say who the client is. All others are dropped. */
  readonly believed: ForwardedFamily;
  /** What the trusted peer's fields say of the scheme contradicts itself: no application is asked. */
  readonly isContradictory: boolean;
  /** How the connection is secured; undefined if it is not. */
  readonly tls: TlsFacts | undefined;
}

/** What was agreed upon in the handshake of a TLS connection. */
export interface TlsFacts {
  /** As OpenSSL names it: `TLSv1.3`. */
  readonly protocol: string;
  /** The protocol's number on the wire, 0x0304 for TLS 1.3; undefined if it is not known here. */
  readonly version: number | undefined;
  /** As OpenSSL names it: `ECDHE-RSA-AES128-GCM-SHA256`. */
  readonly cipher: string;
  /** The cipher's number in IANA's registry; undefined if it is not known here. */
  readonly cipherSuite: number | undefined;
  /** The certificate that the client has shown, and that was verified unless `clientFault` says why not. */
  readonly client: ClientCertificate | undefined;
  /** What is wrong with the client's certificate, which its site takes all the same. */
  readonly clientFault?: string;
}

export interface ClientCertificate {
  /** Distinguished names as RFC 4514 writes them. */
  readonly subject: string;
  readonly issuer: string;
  /** PEM, the client's own first, each signed by the next; without the root. */
  readonly chain: readonly string[];
}
