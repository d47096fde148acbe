/** The id of a session, as OpenSSL writes sessions down (i2d_SSL_SESSION): a sequence of a version, the protocol, the cipher, the id, and more. */

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTETS = 0x04;

/** In hexadecimal digits; '' if there is none. */
export function sessionIdOf(session: Buffer): string {
  let at = 0;
  const open = (tag: number): Buffer | undefined => {
    const length = session[at + 1] ?? 0;
    if (session[at] !== tag) {
      return undefined;
    }
    // A length of more than 127 is given by the bytes that follow, as many as the lower bits say.
    const more = length < 0x80 ? 0 : length & 0x7f;
    if (more > 3 || at + 2 + more > session.length) {
      return undefined;
    }
    const bytes = more === 0 ? length : session.readUIntBE(at + 2, more);
    const start = at + 2 + more;
    at = tag === SEQUENCE ? start : start + bytes;
    return session.subarray(start, start + bytes);
  };
  const head = [open(SEQUENCE), open(INTEGER), open(INTEGER), open(OCTETS)];
  return head.includes(undefined) ? '' : (open(OCTETS)?.toString('hex') ?? '');
}
