/**
 * What a client says at the very beginning of TLS, before anything is encrypted (RFC 8446 4.1.2): the name of the server that it looks for, and which protocols it would
 * speak. It is looked at to find out where the connection belongs, and passed on as it is; so nothing is refused here, and what is no such message has no name.
 */

export interface SeenHello {
  /** `TLSv1.3`, as nginx calls versions: the highest that is offered. '' for one that nobody knows. */
  readonly version: string;
  /** SNI (RFC 6066 3), in latin-1; '' for none. */
  readonly serverName: string;
  /** ALPN (RFC 7301), in the client's order, in latin-1. */
  readonly protocols: readonly string[];
}

const RECORD_HEAD = 5;
const HANDSHAKE = 22;
const MAJOR = 3;
const MESSAGE_HEAD = 4;
const CLIENT_HELLO = 1;
const RANDOM_BYTES = 32;
const SERVER_NAME = 0;
const ALPN = 16;
/** Whoever has it speaks TLS 1.3 or newer (RFC 8446 4.2.1): so it is counted by nginx, whatever is in it. */
const SUPPORTED_VERSIONS = 43;
const TLS_1_3 = 0x0304;
const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0002, 'SSLv2'],
  [0x0300, 'SSLv3'],
  [0x0301, 'TLSv1'],
  [0x0302, 'TLSv1.1'],
  [0x0303, 'TLSv1.2'],
  [0x0304, 'TLSv1.3'],
]);

/** Of one connection. The message may come in many records, and a record in many pieces. */
export class PrereadHello {
  /** Where the first record begins that has not been read. */
  #at = 0;
  /** The payload of the records before that. */
  #message: Buffer = Buffer.alloc(0);

  /** `bytes`: all that has come since the connection began. Undefined: more is needed. 'none': this is no SeenHello. */
  read(bytes: Buffer): SeenHello | 'none' | undefined {
    while (bytes.length - this.#at >= RECORD_HEAD) {
      const at = this.#at;
      if (at === 0 && isOfVersion2(bytes)) {
        return { version: versionName(bytes.readUInt16BE(3)), serverName: '', protocols: [] };
      }
      if (bytes[at] !== HANDSHAKE || bytes[at + 1] !== MAJOR) {
        return 'none';
      }
      const end = at + RECORD_HEAD + bytes.readUInt16BE(at + 3);
      if (bytes.length < end) {
        return undefined;
      }
      this.#message = Buffer.concat([this.#message, bytes.subarray(at + RECORD_HEAD, end)]);
      this.#at = end;
      const hello = readMessage(this.#message);
      if (hello !== undefined) {
        return hello;
      }
    }
    return undefined;
  }
}

/** The hello of SSL 2, with which old clients have asked for newer versions as well. */
function isOfVersion2(bytes: Buffer): boolean {
  return (bytes[0]! & 0x80) !== 0 && bytes[2] === CLIENT_HELLO && (bytes[3] === 0 || bytes[3] === MAJOR);
}

function versionName(number: number): string {
  return VERSIONS.get(number) ?? '';
}

/** Undefined: it is not whole. */
function readMessage(message: Buffer): SeenHello | 'none' | undefined {
  if (message.length > 0 && message[0] !== CLIENT_HELLO) {
    return 'none';
  }
  if (message.length < MESSAGE_HEAD || message.length < MESSAGE_HEAD + message.readUIntBE(1, 3)) {
    return undefined;
  }
  const fields = new Fields(message.subarray(MESSAGE_HEAD, MESSAGE_HEAD + message.readUIntBE(1, 3)));
  const version = fields.number(2);
  fields.skip(RANDOM_BYTES);
  fields.skip(fields.number(1));
  fields.skip(fields.number(2));
  fields.skip(fields.number(1));
  if (fields.isFaulty) {
    return 'none';
  }
  return readExtensions(fields, version);
}

function readExtensions(fields: Fields, own: number): SeenHello | 'none' {
  let version = own;
  let serverName: string | undefined;
  let protocols: readonly string[] | undefined;
  const extensions = fields.isAtEnd ? fields : fields.inner(fields.number(2));
  while (!extensions.isAtEnd) {
    const type = extensions.number(2);
    const extension = extensions.inner(extensions.number(2));
    if (type === SERVER_NAME && serverName === undefined) {
      serverName = readServerName(extension);
    } else if (type === ALPN && protocols === undefined) {
      protocols = readProtocols(extension);
    } else if (type === SUPPORTED_VERSIONS) {
      version = TLS_1_3;
      // What is in it is not read, so its end may be wrong: what was read before it counts.
      if (extension.isFaulty) {
        break;
      }
    }
    if (extensions.isFaulty || extension.isFaulty) {
      return 'none';
    }
  }
  return fields.isFaulty
    ? 'none'
    : { version: versionName(version), serverName: serverName ?? '', protocols: protocols ?? [] };
}

/** A list of names, of which there is one, and that is one of DNS. */
function readServerName(extension: Fields): string {
  const list = extension.inner(extension.number(2));
  const type = list.number(1);
  const name = list.text(list.number(2));
  extension.isFaulty ||= list.isFaulty || type !== 0;
  return name;
}

function readProtocols(extension: Fields): readonly string[] {
  const list = extension.inner(extension.number(2));
  const protocols: string[] = [];
  while (!list.isAtEnd) {
    const length = list.number(1);
    protocols.push(list.text(length));
    list.isFaulty ||= length === 0;
  }
  extension.isFaulty ||= list.isFaulty;
  return protocols;
}

/** Numbers and lengths, one after the other. What reaches beyond the end is a fault, and ends it. */
class Fields {
  isFaulty = false;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.isFaulty || this.#at === this.#bytes.length;
  }

  number(length: 1 | 2): number {
    const at = this.#take(length);
    return at === undefined ? 0 : this.#bytes.readUIntBE(at, length);
  }

  skip(length: number): void {
    this.#take(length);
  }

  text(length: number): string {
    const at = this.#take(length);
    return at === undefined ? '' : this.#bytes.latin1Slice(at, at + length);
  }

  inner(length: number): Fields {
    const at = this.#take(length);
    const fields = new Fields(at === undefined ? Buffer.alloc(0) : this.#bytes.subarray(at, at + length));
    fields.isFaulty = at === undefined;
    return fields;
  }

  #take(length: number): number | undefined {
    const at = this.#at;
    if (this.isFaulty || at + length > this.#bytes.length) {
      this.isFaulty = true;
      return undefined;
    }
    this.#at = at + length;
    return at;
  }
}
