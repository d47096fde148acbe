/**
 * Reads the first message of a TLS handshake, the ClientHello (RFC 8446 4.1.2, RFC 5246 7.4.1.2), as far as it says what the client wants and can do. It is read to
 * choose by it, and given to OpenSSL as it came, which judges it. So a message that is wrong is 'unreadable' here, and no more.
 */

export interface ClientHello {
  /** In lower case; '' if the client names nobody. */
  readonly serverName: string;
  /** The highest version that the client offers: 0x0303 for TLS 1.2. */
  readonly version: number;
  /** Numbers of the cipher suites, in the client's order. */
  readonly cipherSuites: readonly number[];
  /** Numbers of the groups of the key exchange. */
  readonly groups: readonly number[];
  /** Of these, the ones for which the client has sent its part of the exchange already (TLS 1.3), in its order. */
  readonly keyShares: readonly number[];
  readonly protocols: readonly string[];
  /** What a session of TLS 1.2 is taken up again by, if the server has kept it. */
  readonly sessionId: Buffer;
  /** The ticket by which a session is taken up again; undefined if there is none. Of several the first. */
  readonly ticket: Buffer | undefined;
}

/** `partial`: more bytes may say what it is. `other`: no handshake of TLS; `unreadable`: one that is wrong, or longer than any. */
export type HelloReading =
  | { readonly kind: 'hello'; readonly hello: ClientHello }
  | { readonly kind: 'partial' | 'other' | 'unreadable' };

/** With keys of post-quantum cryptography and a ticket with a certificate in it a ClientHello has 3 to 4 KB; more is a flood. */
export const HELLO_BYTES_MAX = 16_384;

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const RECORD_HEAD_BYTES = 5;
const MESSAGE_HEAD_BYTES = 4;
const RANDOM_BYTES = 32;
/** Records are joined anew with every byte that comes, so there is an end to them. */
const RECORDS_MAX = 64;
/** RFC 8446 5.1: with what encryption may add. */
const RECORD_BYTES_MAX = 16_384 + 256;

const PARTIAL: HelloReading = { kind: 'partial' };
const OTHER: HelloReading = { kind: 'other' };
const UNREADABLE: HelloReading = { kind: 'unreadable' };

export function readClientHello(bytes: Buffer): HelloReading {
  if (bytes.length === 0) {
    return PARTIAL;
  }
  if (bytes[0] !== HANDSHAKE) {
    return OTHER;
  }
  const message = joinRecords(bytes);
  if (message === undefined) {
    return UNREADABLE;
  }
  if (message.length < MESSAGE_HEAD_BYTES) {
    return bytes.length > HELLO_BYTES_MAX ? UNREADABLE : PARTIAL;
  }
  const length = message.readUIntBE(1, 3);
  if (message[0] !== CLIENT_HELLO || length > HELLO_BYTES_MAX) {
    return UNREADABLE;
  }
  if (message.length < MESSAGE_HEAD_BYTES + length) {
    // A message in a thousand records of a few bytes each is more bytes than the message.
    return bytes.length > HELLO_BYTES_MAX * 2 ? UNREADABLE : PARTIAL;
  }
  const hello = parse(new Reader(message.subarray(MESSAGE_HEAD_BYTES, MESSAGE_HEAD_BYTES + length)));
  return hello === undefined ? UNREADABLE : { kind: 'hello', hello };
}

/** What the records carry that have come so far, also of the last one, which may not be whole. Undefined: they are none of a handshake, or more than a client makes of it. */
function joinRecords(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + RECORD_HEAD_BYTES <= bytes.length) {
    const length = bytes.readUInt16BE(at + 3);
    if (parts.length === RECORDS_MAX) {
      return undefined;
    }
    if (bytes[at] !== HANDSHAKE || bytes[at + 1] !== 3 || length === 0 || length > RECORD_BYTES_MAX) {
      // What follows a message that is whole is nobody's here.
      return parts.length > 0 ? Buffer.concat(parts) : undefined;
    }
    parts.push(bytes.subarray(at + RECORD_HEAD_BYTES, at + RECORD_HEAD_BYTES + length));
    at += RECORD_HEAD_BYTES + length;
  }
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
}

interface Extensions {
  serverName: string;
  version: number | undefined;
  groups: readonly number[];
  protocols: readonly string[];
  keyShares: readonly number[];
  ticket: Buffer | undefined;
}

function parse(reader: Reader): ClientHello | undefined {
  const version = reader.number(2);
  reader.bytes(RANDOM_BYTES);
  const sessionId = reader.vector(1);
  const suites = reader.vector(2);
  reader.vector(1);
  const said: Extensions = {
    ...{ serverName: '', version: undefined, groups: [], protocols: [], keyShares: [], ticket: undefined },
  };
  if (reader.isGood && !reader.isAtEnd) {
    const extensions = new Reader(reader.vector(2));
    while (extensions.isGood && !extensions.isAtEnd) {
      readExtension(extensions.number(2), extensions.vector(2), said);
    }
    if (!extensions.isGood) {
      return undefined;
    }
  }
  return reader.isGood && reader.isAtEnd
    ? { ...said, version: said.version ?? version, cipherSuites: numbersOf(suites), sessionId }
    : undefined;
}

/** Numbers of IANA's registry of extensions. */
const EXTENSION = {
  serverName: 0,
  groups: 10,
  protocols: 16,
  sessionTicket: 35,
  preSharedKey: 41,
  versions: 43,
  keyShare: 51,
} as const;

function readExtension(number: number, body: Buffer, said: Extensions): void {
  const reader = new Reader(body);
  switch (number) {
    case EXTENSION.serverName:
      said.serverName = serverNameOf(new Reader(reader.vector(2)));
      return;
    case EXTENSION.groups:
      said.groups = numbersOf(reader.vector(2));
      return;
    case EXTENSION.protocols:
      said.protocols = protocolsOf(new Reader(reader.vector(2)));
      return;
    case EXTENSION.sessionTicket:
      said.ticket ??= body.length === 0 ? undefined : body;
      return;
    case EXTENSION.preSharedKey:
      said.ticket = new Reader(reader.vector(2)).vector(2);
      return;
    case EXTENSION.keyShare:
      said.keyShares = keySharesOf(new Reader(reader.vector(2)));
      return;
    case EXTENSION.versions:
      said.version = Math.max(0, ...numbersOf(reader.vector(1)).filter(isVersion));
      return;
    default:
  }
}

/** GREASE (RFC 8701) and drafts are no versions. */
function isVersion(number: number): boolean {
  return number >> 8 === 3;
}

const HOST_NAME = 0;

/** RFC 6066 3: of each kind of name there is at most one. A name with characters that no name of a host has is nobody's. */
function serverNameOf(reader: Reader): string {
  while (reader.isGood && !reader.isAtEnd) {
    const kind = reader.number(1);
    const name = reader.vector(2);
    if (kind === HOST_NAME && reader.isGood) {
      const text = name.latin1Slice().toLowerCase();
      return /^[\w.:[\]-]{1,255}$/.test(text) ? text.replace(/\.$/, '') : '';
    }
  }
  return '';
}

function protocolsOf(reader: Reader): string[] {
  const protocols: string[] = [];
  while (reader.isGood && !reader.isAtEnd) {
    protocols.push(reader.vector(1).latin1Slice());
  }
  return reader.isGood ? protocols : [];
}

function keySharesOf(reader: Reader): number[] {
  const groups: number[] = [];
  while (reader.isGood && !reader.isAtEnd) {
    groups.push(reader.number(2));
    reader.vector(2);
  }
  return reader.isGood ? groups : [];
}

function numbersOf(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readUInt16BE(index * 2));
}

const NOTHING = Buffer.alloc(0);

/** Reads from the front; what is not there is nothing, and the reader bad. */
class Reader {
  isGood = true;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  bytes(length: number): Buffer {
    if (!this.isGood || this.#at + length > this.#bytes.length) {
      this.isGood = false;
      return NOTHING;
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  number(length: number): number {
    const bytes = this.bytes(length);
    return bytes.length === 0 ? 0 : bytes.readUIntBE(0, length);
  }

  /** Bytes behind their length, which has `size` bytes. */
  vector(size: number): Buffer {
    return this.bytes(this.number(size));
  }
}
