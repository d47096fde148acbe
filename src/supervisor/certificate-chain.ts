/**
 * What is amiss with the certificates of a file although they are served: what clients would refuse, or some of them, which the administrator's own browser
 * may not show, because it has met the missing one elsewhere. Each as a sentence that names the file and the way out.
 */

import type { X509Certificate } from 'node:crypto';
import { renderDistinguishedName } from '../protocol/tls/distinguished-name.ts';

export interface ServedChain {
  /** Of the file. */
  readonly path: string;
  /** As they stand there: the server's own first. */
  readonly certificates: readonly X509Certificate[];
  /** Whether the machine knows an authority that has signed it. Asked seldom: it takes some 50 ms. */
  readonly isSignedByRoot: (certificate: X509Certificate) => boolean;
}

/** RSA: OpenSSL and browsers refuse less. */
const RSA_BITS_MIN = 2048;
const WEAK_DIGEST = /^(?:md5|sha1)With|-with-SHA1$/i;
/** Where the certificate of the issuer can be fetched: certificates of public authorities have it, those of one's own mostly not. */
const HAS_ISSUER_ADDRESS = /CA Issuers - URI:/;

/** Everything that does not change with time; a certificate that has expired is the keeper's to tell again and again. */
export function chainWarnings(chain: ServedChain): string[] {
  const { certificates } = chain;
  const [own] = certificates;
  return own === undefined
    ? []
    : [
        ...certificates.flatMap((certificate, index) => weaknesses(certificate, chain.path, index)),
        ...(isSelfSigned(own) ? [selfSigned(chain.path)] : orderFaults(chain)),
      ];
}

/** Of the authorities in the file: what the server's own certificate is warned of is said elsewhere. */
export function expiredAuthorities(
  { path, certificates }: Omit<ServedChain, 'isSignedByRoot'>,
  nowMs: number,
): string[] {
  return certificates
    .slice(1)
    .flatMap((certificate, index) =>
      certificate.validToDate.getTime() > nowMs
        ? []
        : [
            `${path}: ${nameOf(certificate, index + 1)}, an authority, has expired (${dayOf(certificate)}): clients will refuse the connection. Get the whole chain anew from whoever has signed the certificate`,
          ],
    );
}

function weaknesses(certificate: X509Certificate, path: string, index: number): string[] {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const bits = asymmetricKeyType === 'rsa' ? (asymmetricKeyDetails?.modulusLength ?? RSA_BITS_MIN) : RSA_BITS_MIN;
  const digest = certificate.signatureAlgorithm ?? '';
  const name = nameOf(certificate, index);
  return [
    ...(bits < RSA_BITS_MIN
      ? [`${path}: the key of ${name} is weak: ${bits} bits, where clients want ${RSA_BITS_MIN}. ${RENEW_WITH_KEY}`]
      : []),
    // Nobody looks at the signature by which a root signs itself.
    ...(WEAK_DIGEST.test(digest) && !isSelfSigned(certificate)
      ? [`${path}: the signature of ${name} is weak (${digest}): clients will refuse it. ${RENEW_WITH_KEY}`]
      : []),
  ];
}

const RENEW_WITH_KEY = 'Have a new certificate issued, for a new key';

function selfSigned(path: string): string {
  return `${path}: the certificate is signed by itself: clients will refuse it unless they were given it. For the public, get one from an authority, such as Let's Encrypt`;
}

/** Each is signed by the one that follows it (RFC 5246 7.4.2; RFC 8446 4.4.2 leaves clients to sort them, which not all do). */
function orderFaults({ path, certificates, isSignedByRoot }: ServedChain): string[] {
  const used = signersOf(certificates);
  const strangers = certificates.flatMap((certificate, index) =>
    used.includes(certificate)
      ? []
      : [
          `${path}: ${nameOf(certificate, index)} has signed none of the others, and is sent to each client for nothing. Remove it from the file`,
        ],
  );
  const isSorted = used.every((certificate, index) => certificates.indexOf(certificate) === index);
  const order = used.map((certificate) => certificates.indexOf(certificate) + 1).join(', ');
  const disorder =
    isSorted || strangers.length > 0
      ? []
      : [
          `${path}: the certificates are in the wrong order, which some clients refuse: behind each has to be the one that has signed it. Write them in the order ${order}`,
        ];
  const [own] = used;
  const isAlone = used.length === 1 && own !== undefined && HAS_ISSUER_ADDRESS.test(own.infoAccess ?? '');
  const isIncomplete = isAlone && !isSignedByRoot(own);
  const incomplete = isIncomplete
    ? [
        `${path}: the chain is incomplete: the certificate of ${issuerOf(own)}, which has signed that of the server, is missing, and clients that have not met it elsewhere refuse the connection. Use the file with the whole chain (certbot's fullchain.pem), or add it behind the first`,
      ]
    : [];
  return [...strangers, ...disorder, ...incomplete];
}

/** The server's own, the one that has signed it, and so on, wherever they stand. */
function signersOf(certificates: readonly X509Certificate[]): X509Certificate[] {
  const [own] = certificates;
  const chain = own === undefined ? [] : [own];
  for (let last = own; last !== undefined; ) {
    const signed: X509Certificate = last;
    const next = certificates.find((each) => !chain.includes(each) && hasSigned(each, signed));
    if (next !== undefined) {
      chain.push(next);
    }
    last = next;
  }
  return chain;
}

function hasSigned(authority: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate);
}

/** `certificate 2 (CN=R3)`. */
function nameOf(certificate: X509Certificate, index: number): string {
  const subject = renderDistinguishedName(certificate.subject);
  return `certificate ${index + 1}${subject === '' ? '' : ` (${subject})`}`;
}

function issuerOf(certificate: X509Certificate): string {
  return renderDistinguishedName(certificate.issuer) || 'its issuer';
}

function dayOf({ validToDate }: X509Certificate): string {
  return validToDate.toISOString().slice(0, 'YYYY-MM-DD'.length);
}
