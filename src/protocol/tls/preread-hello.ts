/**
 * What is seen of a TLS handshake by whoever passes the connection on as it is: the name of the server that the client looks for, and which protocols it would speak.
 * Nothing is refused here, and what is no such message, as nginx judges it, has no name.
 */

import { CLIENT_HELLO, HelloRecords, MAJOR_VERSION, RECORD_HEAD_BYTES } from './hello-records.ts';

export interface SeenHello {
  /** `TLSv1.3`, as nginx calls versions: the highest that is offered. '' for one that nobody knows. */
  readonly version: string;
  /** As it was sent, in latin-1; '' for none. */
  readonly serverName: string;
  /** In the client's order, in latin-1. */
  readonly protocols: readonly string[];
}

/** Whoever keeps the bytes has a limit for all of them, which nginx's `preread_buffer_size` says; it has no others. */
const NO_LIMITS = { recordsMax: Infinity, recordBytesMin: 0, recordBytesMax: Infinity, messageBytesMax: Infinity };
const TLS_1_3 = 0x0304;
const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0002, 'SSLv2'],
  [0x0300, 'SSLv3'],
  [0x0301, 'TLSv1'],
  [0x0302, 'TLSv1.1'],
  [0x0303, 'TLSv1.2'],
  [0x0304, 'TLSv1.3'],
]);

/** Of one connection. */
export class PrereadHello {
  readonly #records = new HelloRecords(NO_LIMITS);

  /** `bytes`: all that has come since the connection began. Undefined: more is needed. 'none': this is no SeenHello. */
  read(bytes: Buffer): SeenHello | 'none' | undefined {
    if (bytes.length >= RECORD_HEAD_BYTES && isOfVersion2(bytes)) {
      return { version: versionName(bytes.readUInt16BE(3)), serverName: '', protocols: [] };
    }
    const fields = this.#records.read(bytes);
    if (fields === undefined || fields === 'none') {
      return fields;
    }
    const { name, protocols, versions, version, hasFaultyList } = fields;
    return hasFaultyList
      ? 'none'
      : { version: versionName(versions === undefined ? version : TLS_1_3), serverName: name, protocols };
  }
}

/** The hello of SSL 2, with which old clients have asked for newer versions as well. */
function isOfVersion2(bytes: Buffer): boolean {
  return (bytes[0]! & 0x80) !== 0 && bytes[2] === CLIENT_HELLO && (bytes[3] === 0 || bytes[3] === MAJOR_VERSION);
}

function versionName(number: number): string {
  return VERSIONS.get(number) ?? '';
}
