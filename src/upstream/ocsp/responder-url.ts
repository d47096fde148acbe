/** Whom an authority has answer questions about a certificate. */

import type { X509Certificate } from 'node:crypto';

/** The URL in a certificate; '' if it names none. */
export function responderOf({ infoAccess }: X509Certificate): string {
  return /^OCSP - URI:(\S+)$/m.exec(infoAccess ?? '')?.[1] ?? '';
}

/** Why nobody can be asked there, in nginx's words; undefined: it is the URL of a responder. */
export function responderFault(responder: string): string | undefined {
  if (responder === '') {
    return 'no OCSP responder URL';
  }
  if (!/^http:\/\//i.test(responder)) {
    return `invalid URL prefix in OCSP responder "${responder}"`;
  }
  return URL.canParse(responder) ? undefined : `invalid URL in OCSP responder "${responder}"`;
}
