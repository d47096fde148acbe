/** The response that ends a WebSocket handshake well (RFC 6455 4.2.2). */

import type { WebSocketAccept } from '../../../protocol/http/exchange.ts';
import type { Handshake } from '../../../protocol/websocket/handshake.ts';
import { acceptKey } from '../../../protocol/websocket/handshake.ts';

/** `extensions`: the value of Sec-WebSocket-Extensions, or undefined if none was agreed. `more`: further rendered lines. */
export function renderAccept(
  handshake: Handshake,
  accept: Pick<WebSocketAccept, 'subprotocol' | 'fields'>,
  extensions: string | undefined,
  more: string = '',
): string {
  // Loaded by the first WebSocket: see randomBytes.
  const { hash } = process.getBuiltinModule('node:crypto');
  const key = acceptKey(handshake.key, (text) => hash('sha1', text, 'base64'));
  let head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n`;
  if (accept.subprotocol !== '') {
    head += `Sec-WebSocket-Protocol: ${accept.subprotocol}\r\n`;
  }
  if (extensions !== undefined) {
    head += `Sec-WebSocket-Extensions: ${extensions}\r\n`;
  }
  return `${head}${accept.fields.text}${more}\r\n`;
}
