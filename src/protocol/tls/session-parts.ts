/**
 * What a session holds, as OpenSSL writes sessions down (i2d_SSL_SESSION): a sequence of a version, the protocol, the cipher, the id and the key, and behind them what is there,
 * each with a number.
 */

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTETS = 0x04;
/** Numbered parts are in their order; the certificate of the other side has the third number. */
const NUMBERED = 0xa0;
const CERTIFICATE = 0xa3;
const NOTHING = Buffer.alloc(0);

/** In hexadecimal digits; '' if there is none. */
export function sessionIdOf(session: Buffer): string {
  return openHead(new Parts(session))?.toString('hex') ?? '';
}

/** The certificate that the other side has shown when the session was made, in DER: no bytes if none; undefined if that cannot be told. */
export function sessionCertificateOf(session: Buffer): Buffer | undefined {
  const parts = new Parts(session);
  if (openHead(parts) === undefined || parts.open(OCTETS) === undefined) {
    return undefined;
  }
  while (parts.tag >= NUMBERED && parts.tag < CERTIFICATE) {
    if (parts.open(parts.tag) === undefined) {
      return undefined;
    }
  }
  return parts.tag === CERTIFICATE ? parts.open(CERTIFICATE) : NOTHING;
}

/** The id. */
function openHead(parts: Parts): Buffer | undefined {
  const head = [parts.open(SEQUENCE), parts.open(INTEGER), parts.open(INTEGER), parts.open(OCTETS)];
  return head.includes(undefined) ? undefined : parts.open(OCTETS);
}

class Parts {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Of the next part; 0 behind the last. */
  get tag(): number {
    return this.#bytes[this.#at] ?? 0;
  }

  /** The content of the next part, whose tag must be this. The parts of a sequence are next then. */
  open(tag: number): Buffer | undefined {
    const length = this.#bytes[this.#at + 1] ?? 0;
    if (this.tag !== tag) {
      return undefined;
    }
    // A length of more than 127 is given by the bytes that follow, as many as the lower bits say.
    const more = length < 0x80 ? 0 : length & 0x7f;
    if (more > 3 || this.#at + 2 + more > this.#bytes.length) {
      return undefined;
    }
    const bytes = more === 0 ? length : this.#bytes.readUIntBE(this.#at + 2, more);
    const start = this.#at + 2 + more;
    this.#at = tag === SEQUENCE ? start : start + bytes;
    return this.#bytes.subarray(start, start + bytes);
  }
}
