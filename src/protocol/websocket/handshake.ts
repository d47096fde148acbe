/**
 * The server's side of the opening handshake (RFC 6455 4.2), up to where the application decides: what a request asks for.
 *
 * | what arrives | what is done |
 * |---|---|
 * | no `Upgrade: websocket`, or not named by Connection | an ordinary request |
 * | another method than GET | 405 |
 * | HTTP/1.0; a body; no key, two keys, or not 16 bytes; no version or two | 400 |
 * | another version than 13 | 426, which names 13 |
 * | Sec-WebSocket-Protocol or Sec-WebSocket-Extensions that break their grammar | 400 (RFC 6455 9.1: the connection fails) |
 *
 * Host and Origin: the first is checked by the parser of the head, the second by the application.
 */

import type { FieldBlock } from '../http/fields.ts';
import { isToken } from '../http/grammar.ts';
import { splitList } from '../http/list.ts';
import type { Extension } from './extension-list.ts';
import { parseExtensionList } from './extension-list.ts';

/** The parts of a head of HTTP/1 that decide. */
export interface HandshakeHead {
  readonly method: string;
  readonly minor: 0 | 1;
  readonly block: Pick<FieldBlock, 'getAll'> & {
    /** The options of Connection, in lower case. */
    readonly connection: readonly string[];
    readonly upgrade: string | undefined;
  };
  readonly framing: { readonly kind: string };
}

export interface Handshake {
  readonly kind: 'handshake';
  /** As sent: 24 characters of base64. */
  readonly key: string;
  /** In the client's order of preference. */
  readonly subprotocols: readonly string[];
  readonly extensions: readonly Extension[];
}

export interface HandshakeRefusal {
  readonly kind: 'refused';
  readonly status: 400 | 405 | 426;
  readonly detail: string;
  /** Fields that the response must have beside its status. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

const VERSION = '13';
/** 16 bytes in base64 (RFC 6455 4.1). */
const KEY = /^[A-Za-z0-9+/]{22}==$/;
/** RFC 6455 1.3. */
const KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Undefined: an ordinary request. */
export function readHandshake(head: HandshakeHead): Handshake | HandshakeRefusal | undefined {
  const { method, minor, block, framing } = head;
  if (!block.connection.includes('upgrade') || !namesWebSocket(block.upgrade)) {
    return undefined;
  }
  if (method !== 'GET') {
    return refuse(405, 'a handshake is a GET request', [['Allow', 'GET']]);
  }
  if (minor === 0) {
    return refuse(400, 'a handshake in HTTP/1.0');
  }
  if (framing.kind !== 'none') {
    // Content of the handshake could be taken for frames by another reader.
    return refuse(400, 'a handshake with content');
  }
  const versions = block.getAll('sec-websocket-version');
  if (versions.length !== 1) {
    return refuse(400, 'not one Sec-WebSocket-Version');
  }
  if (versions[0] !== VERSION) {
    // RFC 9110 15.5.22: a 426 says what to upgrade to.
    return refuse(426, 'another version of the protocol', [
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', VERSION],
    ]);
  }
  const keys = block.getAll('sec-websocket-key');
  const [key = ''] = keys;
  if (keys.length !== 1 || !KEY.test(key)) {
    return refuse(400, 'not one Sec-WebSocket-Key of 16 bytes');
  }
  const subprotocols = splitList(block.getAll('sec-websocket-protocol'));
  if (!subprotocols.every((name) => isToken(name))) {
    return refuse(400, 'Sec-WebSocket-Protocol breaks its grammar');
  }
  const extensions = parseExtensionList(block.getAll('sec-websocket-extensions'));
  if (extensions === undefined) {
    return refuse(400, 'Sec-WebSocket-Extensions breaks its grammar');
  }
  return { kind: 'handshake', key, subprotocols, extensions };
}

/**
 * The value of Sec-WebSocket-Accept (RFC 6455 4.2.2). `sha1Base64` gives the SHA-1 of an ASCII text, in base64: it is handed in
 * because pure code has no hash.
 */
export function acceptKey(key: string, sha1Base64: (text: string) => string): string {
  return sha1Base64(key + KEY_SUFFIX);
}

/** Names of protocols are compared without regard to case here (RFC 6455 4.2.1), and may be several (RFC 9110 7.8). */
function namesWebSocket(upgrade: string | undefined): boolean {
  return splitList([upgrade ?? '']).some((name) => name.toLowerCase() === 'websocket');
}

function refuse(
  status: HandshakeRefusal['status'],
  detail: string,
  fields: HandshakeRefusal['fields'] = [],
): HandshakeRefusal {
  return { kind: 'refused', status, detail, fields };
}
