/**
 * Reads the first message of a TLS handshake, the ClientHello (RFC 8446 4.1.2, RFC 5246 7.4.1.2), before anything is encrypted: out of the records that carry it, as
 * far as it says what the client wants and can do. Nothing is judged here that does not hinder reading. Whoever chooses a site by it (client-hello.ts) and whoever
 * passes the connection on (preread-hello.ts) are strict in different things.
 */

import { RangeReader } from './range-reader.ts';

export interface HelloFields {
  /** Before TLS 1.3 the highest that the client offers: 0x0303 for TLS 1.2. */
  readonly version: number;
  /** Where it is there, the client speaks TLS 1.3 or newer (RFC 8446 4.2.1), whatever is in it. */
  readonly versions: readonly number[] | undefined;
  readonly cipherSuites: readonly number[];
  /** What a session of TLS 1.2 is taken up again by, if the server has kept it. */
  readonly sessionId: Buffer;
  /** SNI (RFC 6066 3) in latin-1, any bytes, as they were sent; '' for none. Of two extensions the first counts. */
  readonly name: string;
  /** ALPN (RFC 7301) in latin-1, in the client's order. */
  readonly protocols: readonly string[];
  /** Numbers of the groups of the key exchange. */
  readonly groups: readonly number[];
  /** Of these, the ones for which the client has sent its part of the exchange already (TLS 1.3), in its order. */
  readonly keyShares: readonly number[];
  /** The ticket by which a session is taken up again; undefined if there is none. Of several the first. */
  readonly ticket: Buffer | undefined;
  /** Numbers of signatures that the client can check, of two bytes each, in its order. */
  readonly signatureSchemes: Buffer;
  /** The client wants to know what the authority says of the certificate (RFC 6066 8). */
  readonly wantsStatus: boolean;
  /** The name or the protocols are not what their lengths say, and left out. */
  readonly hasFaultyList: boolean;
  /** Nothing stands behind the extensions, and the length of none of them is wrong. */
  readonly isExact: boolean;
}

/** Beyond these a message is none. */
export interface HelloLimits {
  /** Each one is a piece that is joined to the others. */
  readonly recordsMax: number;
  readonly recordBytesMin: number;
  readonly recordBytesMax: number;
  readonly messageBytesMax: number;
}

export const HANDSHAKE = 22;
export const CLIENT_HELLO = 1;
export const MAJOR_VERSION = 3;
export const RECORD_HEAD_BYTES = 5;
const MESSAGE_HEAD_BYTES = 4;
const RANDOM_BYTES = 32;
const NO_BYTES = Buffer.alloc(0);

/** Of one connection. The message may come in many records, and a record in many pieces. */
export class HelloRecords {
  readonly #limits: HelloLimits;
  /** Where the first record begins that has not been read. */
  #at = 0;
  #recordCount = 0;
  /** The payload of the records before that. */
  #message: Buffer = NO_BYTES;

  constructor(limits: HelloLimits) {
    this.#limits = limits;
  }

  /** `bytes`: all that has come since the connection began. Undefined: more is needed. What stands behind the message is not looked at. */
  read(bytes: Buffer): HelloFields | 'none' | undefined {
    const { recordsMax, recordBytesMin, recordBytesMax } = this.#limits;
    while (bytes.length - this.#at >= RECORD_HEAD_BYTES) {
      const at = this.#at;
      const length = bytes.readUInt16BE(at + 3);
      if (bytes[at] !== HANDSHAKE || bytes[at + 1] !== MAJOR_VERSION || this.#recordCount === recordsMax) {
        return 'none';
      }
      if (length < recordBytesMin || length > recordBytesMax) {
        return 'none';
      }
      const end = at + RECORD_HEAD_BYTES + length;
      if (bytes.length < end) {
        return undefined;
      }
      const payload = bytes.subarray(at + RECORD_HEAD_BYTES, end);
      this.#message = this.#recordCount === 0 ? payload : Buffer.concat([this.#message, payload]);
      this.#at = end;
      this.#recordCount += 1;
      const fields = this.#readMessage();
      if (fields !== undefined) {
        return fields;
      }
    }
    return undefined;
  }

  #readMessage(): HelloFields | 'none' | undefined {
    const message = this.#message;
    if (message.length > 0 && message[0] !== CLIENT_HELLO) {
      return 'none';
    }
    if (message.length < MESSAGE_HEAD_BYTES) {
      return undefined;
    }
    const length = message.readUIntBE(1, 3);
    if (length > this.#limits.messageBytesMax) {
      return 'none';
    }
    return message.length < MESSAGE_HEAD_BYTES + length
      ? undefined
      : (parse(new RangeReader(message, MESSAGE_HEAD_BYTES, MESSAGE_HEAD_BYTES + length)) ?? 'none');
  }
}

interface Extensions {
  name: string | undefined;
  protocols: readonly string[] | undefined;
  versions: readonly number[] | undefined;
  groups: readonly number[];
  keyShares: readonly number[];
  ticket: Buffer | undefined;
  signatureSchemes: Buffer;
  wantsStatus: boolean;
  hasFaultyList: boolean;
}

/** Undefined: its lengths lead nowhere. */
function parse(reader: RangeReader): HelloFields | undefined {
  const version = reader.number(2);
  reader.skip(RANDOM_BYTES);
  const sessionId = reader.vector(1);
  const suites = reader.vector(2);
  reader.vector(1);
  const said: Extensions = {
    ...{ name: undefined, protocols: undefined, versions: undefined, groups: [], keyShares: [], ticket: undefined },
    ...{ hasFaultyList: false, signatureSchemes: NO_BYTES, wantsStatus: false },
  };
  const hasExtensions = reader.isGood && !reader.isAtEnd;
  const extensions = hasExtensions ? reader.vector(2) : new RangeReader(NO_BYTES, 0, 0);
  if (!reader.isGood || !readExtensions(extensions, said)) {
    return undefined;
  }
  return {
    ...{ ...said, version, sessionId: sessionId.rest(), cipherSuites: numbersIn(suites) },
    name: said.name ?? '',
    protocols: said.protocols ?? [],
    isExact: reader.isAtEnd && extensions.isGood,
  };
}

/** False: an extension is longer than all of them together. */
function readExtensions(extensions: RangeReader, said: Extensions): boolean {
  while (extensions.isGood && !extensions.isAtEnd) {
    const number = extensions.number(2);
    readExtension(number, extensions.vector(2), said);
    // nginx looks into this one not at all, and so not for its end: what was read before it counts.
    if (!extensions.isGood && number !== EXTENSION.versions) {
      return false;
    }
  }
  return true;
}

/** Numbers of IANA's registry of extensions. */
const EXTENSION = {
  serverName: 0,
  statusRequest: 5,
  groups: 10,
  signatures: 13,
  protocols: 16,
  sessionTicket: 35,
  preSharedKey: 41,
  versions: 43,
  keyShare: 51,
} as const;

function readExtension(number: number, body: RangeReader, said: Extensions): void {
  switch (number) {
    case EXTENSION.serverName:
      said.name ??= nameIn(body, said);
      return;
    case EXTENSION.groups:
      said.groups = numbersIn(body.vector(2));
      return;
    case EXTENSION.statusRequest:
      said.wantsStatus = true;
      return;
    case EXTENSION.signatures:
      said.signatureSchemes = body.vector(2).rest();
      return;
    case EXTENSION.protocols:
      said.protocols ??= protocolsIn(body, said);
      return;
    case EXTENSION.sessionTicket:
      said.ticket ??= body.isAtEnd ? undefined : body.rest();
      return;
    case EXTENSION.preSharedKey:
      said.ticket = body.vector(2).vector(2).rest();
      return;
    case EXTENSION.keyShare:
      said.keyShares = keySharesIn(body.vector(2));
      return;
    case EXTENSION.versions:
      said.versions = numbersIn(body.vector(1));
      return;
    default:
  }
}

const HOST_NAME = 0;

/** A list of names, of which there is one, and that is one of a host: OpenSSL and nginx know no other. */
function nameIn(reader: RangeReader, said: Extensions): string {
  const list = reader.vector(2);
  const kind = list.number(1);
  const name = list.vector(2);
  if (reader.isGood && list.isGood && kind === HOST_NAME) {
    return name.text();
  }
  said.hasFaultyList = true;
  return '';
}

function protocolsIn(reader: RangeReader, said: Extensions): string[] {
  const list = reader.vector(2);
  const protocols: string[] = [];
  while (list.isGood && !list.isAtEnd) {
    const protocol = list.vector(1);
    list.isGood &&= !protocol.isAtEnd;
    protocols.push(protocol.text());
  }
  if (reader.isGood && list.isGood) {
    return protocols;
  }
  said.hasFaultyList = true;
  return [];
}

function keySharesIn(reader: RangeReader): number[] {
  const groups: number[] = [];
  while (reader.isGood && !reader.isAtEnd) {
    groups.push(reader.number(2));
    reader.vector(2);
  }
  return reader.isGood ? groups : [];
}

/** A byte that is left over is none. */
function numbersIn(reader: RangeReader): number[] {
  const numbers: number[] = [];
  while (reader.length >= 2) {
    numbers.push(reader.number(2));
  }
  return numbers;
}
