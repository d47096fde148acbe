/**
 * Which of a site's certificates OpenSSL would show to a client, as far as that is certain before it has chosen: what is sent with a certificate has to be about that one.
 */

import type { StapledKey } from '../control/staple.ts';
import { cipherSuiteName } from './cipher-suites.ts';
import type { ClientHello } from './client-hello.ts';

type Kind = StapledKey['kind'];

const TLS13 = 0x0304;

/** RFC 8446 4.2.3: with which signatures a key proves itself in TLS 1.3. */
const SCHEMES: Readonly<Record<Kind, readonly number[]>> = {
  rsa: [0x0804, 0x0805, 0x0806],
  p256: [0x0403],
  p384: [0x0503],
  p521: [0x0603],
  other: [],
};

/** `kinds`: of the keys, in the site's order. `versionMax`: of the site. Undefined: OpenSSL has a say that is not known here. */
export function chooseCertificate(kinds: readonly Kind[], hello: ClientHello, versionMax: number): number | undefined {
  const usable = Math.min(hello.version, versionMax) >= TLS13 ? bySchemes(kinds, hello) : bySuites(kinds, hello);
  const index = usable === undefined ? -1 : kinds.indexOf(usable);
  return index < 0 ? undefined : index;
}

/** The client's order counts. */
function bySchemes(kinds: readonly Kind[], { signatureSchemes }: ClientHello): Kind | undefined {
  for (let at = 0; at + 1 < signatureSchemes.length; at += 2) {
    const scheme = signatureSchemes.readUInt16BE(at);
    const kind = kinds.find((each) => SCHEMES[each].includes(scheme));
    if (kind !== undefined) {
      return kind;
    }
  }
  return undefined;
}

/** Before TLS 1.3 the cipher suite says what key it is. A client that has suites for both leaves it to the site's list of them. */
function bySuites(kinds: readonly Kind[], { cipherSuites }: ClientHello): Kind | undefined {
  const names = cipherSuites.map(cipherSuiteName).filter((name) => !name.startsWith('TLS_') && !name.startsWith('0x'));
  const hasEcdsa = names.some((name) => name.includes('ECDSA'));
  const hasRsa = names.some((name) => !name.includes('ECDSA'));
  if (hasEcdsa === hasRsa) {
    return undefined;
  }
  const fitting = kinds.filter((kind) => (kind === 'rsa') === hasRsa);
  return fitting.length === 1 ? fitting[0] : undefined;
}
