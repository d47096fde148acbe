/** What a TLS connection tells of itself, as applications are told (Origin). */

import type { X509Certificate } from 'node:crypto';
import type { ClientCertificate, TlsFacts } from '../../protocol/http/exchange.ts';
import { cipherSuiteNumber, tlsVersionNumber } from '../../protocol/tls/cipher-suites.ts';
import { renderDistinguishedName } from '../../protocol/tls/distinguished-name.ts';
import type { TlsStream } from './tls-stream.ts';

/** Certificates between a client's and the root. */
const CHAIN_LENGTH_MAX = 10;

const known = new Map<string, TlsFacts>();
/** Combinations of a version and a cipher suite are few. */
const KNOWN_MAX = 64;

/**
 * `certificate`: of the client; `fault`: what is wrong with it. One object for all connections that agree in everything, so that what is rendered from it is
 * rendered once.
 */
export function factsOf(
  socket: TlsStream,
  certificate: X509Certificate | undefined,
  fault: string | undefined,
): TlsFacts {
  const { name = '', version = '' } = socket.getCipher() ?? {};
  const protocol = socket.getProtocol() ?? version;
  if (certificate !== undefined) {
    return {
      ...newFacts(protocol, name, clientOf(certificate)),
      ...(fault === undefined ? {} : { clientFault: fault }),
    };
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

function clientOf(certificate: X509Certificate): ClientCertificate {
  return {
    subject: renderDistinguishedName(certificate.subject),
    issuer: renderDistinguishedName(certificate.issuer),
    chain: chainOf(certificate),
  };
}

function chainOf(certificate: X509Certificate): string[] {
  const chain = [certificate.toString()];
  let next = certificate.issuerCertificate;
  // The root signs itself: the client need not have sent it, and nobody needs to be told.
  while (next !== undefined && chain.length < CHAIN_LENGTH_MAX && !next.checkIssued(next)) {
    chain.push(next.toString());
    next = next.issuerCertificate;
  }
  return chain;
}
