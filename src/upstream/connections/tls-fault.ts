/** Why there is no TLS with a server, in nginx's words. */

/** The server is not the one that was meant, or TLS with it could not be prepared. `message`: as it stands in the error log. */
export class TlsFault extends Error {}

/** As Node.js tells of what OpenSSL has found: its number, the part of OpenSSL, a function, the reason, and perhaps the alert that the peer has sent. */
const OPENSSL_ERROR = /error:([0-9A-F]{8}):([^:]*):[^:]*:([^:\n]*)/;
const ALERT = /SSL alert number \d{1,3}/;

/** Undefined: it is no fault of TLS. `call`: what nginx would have asked OpenSSL. */
export function tlsFailure(error: NodeJS.ErrnoException, call: string): string | undefined {
  if (error instanceof TlsFault) {
    return error.message;
  }
  if (error.code?.startsWith('ERR_SSL_') !== true) {
    return undefined;
  }
  const [, number, library, reason] = OPENSSL_ERROR.exec(error.message) ?? [];
  const [alert] = ALERT.exec(error.message) ?? [];
  const words = number === undefined ? error.code : `error:${number}:${library}::${reason}`;
  return `${call} failed (SSL: ${words}${alert === undefined ? '' : `:${alert}`})`;
}
