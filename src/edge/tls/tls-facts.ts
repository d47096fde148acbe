/** What a TLS connection tells of itself, as applications are told (Origin). */

import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { ClientCertificate, TlsFacts } from '../../protocol/http/exchange.ts';
import { cipherSuiteNumber, tlsVersionNumber } from '../../protocol/tls/cipher-suites.ts';
import { renderDistinguishedName } from '../../protocol/tls/distinguished-name.ts';

/** Certificates between a client's and the root. */
const CHAIN_LENGTH_MAX = 10;

const known = new Map<string, TlsFacts>();
/** Combinations of a version and a cipher suite are few. */
const KNOWN_MAX = 64;

/** One object for all connections that agree in everything, so that what is rendered from it is rendered once. */
export function factsOf(socket: TLSSocket): TlsFacts {
  const { name, version } = socket.getCipher();
  const protocol = socket.getProtocol() ?? version;
  const client = clientOf(socket);
  if (client !== undefined) {
    return newFacts(protocol, name, client);
  }
  const key = `${protocol} ${name}`;
  const facts = known.get(key);
  if (facts !== undefined) {
    return facts;
  }
  const fresh = newFacts(protocol, name, undefined);
  if (known.size < KNOWN_MAX) {
    known.set(key, fresh);
  }
  return fresh;
}

function newFacts(protocol: string, cipher: string, client: ClientCertificate | undefined): TlsFacts {
  return { protocol, version: tlsVersionNumber(protocol), cipher, cipherSuite: cipherSuiteNumber(cipher), client };
}

function clientOf(socket: TLSSocket): ClientCertificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) {
    return undefined;
  }
  return {
    subject: renderDistinguishedName(certificate.subject),
    issuer: renderDistinguishedName(certificate.issuer),
    chain: chainOf(socket),
  };
}

function chainOf(socket: TLSSocket): string[] {
  const chain: string[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // The root signs itself: the client did not send it, and nobody needs to be told.
  while (next !== undefined && chain.length < CHAIN_LENGTH_MAX && (chain.length === 0 || !isSelfSigned(next))) {
    chain.push(renderPem(next.raw));
    next = isSelfSigned(next) ? undefined : next.issuerCertificate;
  }
  return chain;
}

function isSelfSigned(certificate: DetailedPeerCertificate): boolean {
  return certificate.issuerCertificate === certificate;
}

const PEM_LINE = /.{1,64}/g;

function renderPem(der: Buffer): string {
  const lines = der.toString('base64').match(PEM_LINE) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
