// The handshake of RFC 6455 4.1, the client's side. It offers no extension, as most clients that are not browsers.

import { createHash } from 'node:crypto';

/** Appended to the key before it is hashed: RFC 6455 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
export const HEAD_BYTES_MAX = 16_384;
const END = '\r\n\r\n';

export interface Handshake {
  readonly port: number;
  readonly path: string;
  /** 16 bytes in base64. */
  readonly key: string;
}

export type HandshakeAnswer =
  | { readonly kind: 'accepted'; readonly rest: Buffer }
  | { readonly kind: 'refused'; readonly fault: string };

export function renderHandshake({ port, path, key }: Handshake): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    END.slice(2),
  ].join('\r\n');
}

/** Reads all that has come so far; undefined: the head has not come whole. `rest` are the first frames. */
export function readHandshakeAnswer(bytes: Buffer, key: string): HandshakeAnswer | undefined {
  const end = bytes.indexOf(END);
  if (end < 0) {
    return bytes.length > HEAD_BYTES_MAX ? { kind: 'refused', fault: 'a head without an end' } : undefined;
  }
  const [status = '', ...fields] = bytes.toString('latin1', 0, end).split('\r\n');
  if (!status.startsWith('HTTP/1.1 101')) return { kind: 'refused', fault: `answered with ${status}` };
  const accept = fields.find((field) => /^sec-websocket-accept:/i.test(field))?.replace(/^[^:]*:/, '');
  if (accept?.trim() !== hashKey(key)) return { kind: 'refused', fault: 'another Sec-WebSocket-Accept' };
  return { kind: 'accepted', rest: bytes.subarray(end + END.length) };
}

function hashKey(key: string): string {
  return createHash('sha1').update(key).update(GUID).digest('base64');
}
