/** What a client wants and can do, by its ClientHello. A site is chosen by it, and then it is given to OpenSSL as it came, which judges it: so one that is wrong is 'unreadable' here, and no more. */

import type { HelloFields } from './hello-records.ts';
import { HANDSHAKE, HelloRecords } from './hello-records.ts';

export interface ClientHello extends Pick<HelloFields, Kept> {
  /** In lower case; '' if the client names nobody, or what no host is called. */
  readonly serverName: string;
  /** The highest version that the client offers: 0x0303 for TLS 1.2. */
  readonly version: number;
}

type Kept =
  | 'cipherSuites'
  | 'groups'
  | 'keyShares'
  | 'protocols'
  | 'sessionId'
  | 'signatureSchemes'
  | 'ticket'
  | 'wantsStatus';

/** `partial`: more bytes may say what it is. `other`: no handshake of TLS; `unreadable`: one that is wrong, or longer than any. */
export type HelloReading =
  | { readonly kind: 'hello'; readonly hello: ClientHello }
  | { readonly kind: 'partial' | 'other' | 'unreadable' };

/** With keys of post-quantum cryptography and a ticket with a certificate in it a ClientHello has 3 to 4 KB; more is a flood. */
export const HELLO_BYTES_MAX = 16_384;

const LIMITS = {
  /** Of a message that is cut into more nobody but an attacker thinks. */
  recordsMax: 64,
  /** RFC 8446 5.1: an empty record is no part of a handshake. */
  recordBytesMin: 1,
  /** RFC 8446 5.1: with what encryption may add. */
  recordBytesMax: 16_384 + 256,
  messageBytesMax: HELLO_BYTES_MAX,
};

const PARTIAL: HelloReading = { kind: 'partial' };
const OTHER: HelloReading = { kind: 'other' };
const UNREADABLE: HelloReading = { kind: 'unreadable' };

/** Of one connection. */
export class ClientHelloReader {
  readonly #records = new HelloRecords(LIMITS);

  /** `bytes`: all that has come since the connection began. */
  read(bytes: Buffer): HelloReading {
    if (bytes.length === 0) {
      return PARTIAL;
    }
    if (bytes[0] !== HANDSHAKE) {
      return OTHER;
    }
    const fields = this.#records.read(bytes);
    if (fields === undefined) {
      return PARTIAL;
    }
    return fields === 'none' || !fields.isExact ? UNREADABLE : { kind: 'hello', hello: helloOf(fields) };
  }
}

function helloOf(fields: HelloFields): ClientHello {
  const { cipherSuites, groups, keyShares, protocols, sessionId, signatureSchemes, ticket, wantsStatus } = fields;
  return {
    ...{ cipherSuites, groups, keyShares, protocols, sessionId, signatureSchemes, ticket, wantsStatus },
    serverName: hostOf(fields.name),
    version: fields.versions === undefined ? fields.version : Math.max(0, ...fields.versions.filter(isVersion)),
  };
}

/** A name with characters that no name of a host has is nobody's, and so is one with a label of none: as a part of a path it would be the folder above. */
function hostOf(name: string): string {
  const text = name.toLowerCase().replace(/\.$/, '');
  return /^(?!\.)(?!.*\.\.)[\w.:[\]-]{1,255}$/.test(text) ? text : '';
}

/** GREASE (RFC 8701) and drafts are no versions. */
function isVersion(number: number): boolean {
  return number >> 8 === 3;
}
