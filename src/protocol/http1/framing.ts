/**
 * How long a message's body is: RFC 9112 6.3, once, for both directions. Where the RFC lets a recipient repair a message that
 * two readers could delimit differently, it is refused instead; that is the whole of request smuggling.
 */

import { isToken } from '../http/grammar.ts';
import type { Fault } from './faults.ts';
import { fault } from './faults.ts';
import { ROLE } from './field.ts';
import type { ParsedBlock } from './field-block.ts';
import type { BodyFraming } from './types.ts';

/** What of a message decides its framing. */
export type FramedMessage =
  /** `isLenient`: codings that are not known are told from those that make no sense as nginx tells them. Either way the request is refused. */
  | { readonly kind: 'request'; readonly method: string; readonly minor: 0 | 1; readonly isLenient?: boolean }
  /** `method` is that of the request it answers. */
  | { readonly kind: 'response'; readonly method: string; readonly minor: 0 | 1; readonly status: number };

export const NO_BODY: BodyFraming = { kind: 'none' };
export const CHUNKED: BodyFraming = { kind: 'chunked' };
export const UNTIL_CLOSE: BodyFraming = { kind: 'until-close' };

export function bodyFraming(message: FramedMessage, block: ParsedBlock): BodyFraming | Fault {
  if (message.kind === 'response' && isBodiless(message.method, message.status)) {
    return NO_BODY;
  }
  const { contentLength, transferCodings } = block;
  if ((block.repeatedRoles & ROLE.contentLength) !== 0) {
    // Rule 5 would accept equal numbers; a sender that repeats the field has been tampered with or is broken.
    return fault('http1.repeated-content-length', 'more than one Content-Length');
  }
  if (transferCodings.length > 0) {
    const isSaidOnce = (block.repeatedRoles & ROLE.transferEncoding) === 0;
    if (contentLength !== undefined) {
      // Rule 3: an attempt at smuggling or splitting, to be handled as an error.
      return fault('http1.length-with-coding', 'Content-Length beside Transfer-Encoding');
    }
    return codedFraming(message, transferCodings, isSaidOnce);
  }
  if (contentLength !== undefined) {
    // Rule 6.
    return contentLength === 0 ? NO_BODY : lengthFraming(message, contentLength);
  }
  // Rules 7 and 8.
  return message.kind === 'request' ? NO_BODY : UNTIL_CLOSE;
}

/** Rules 1 and 2: nothing follows these heads, whatever their fields say. */
export function isBodiless(method: string, status: number): boolean {
  return (
    method === 'HEAD' || status < 200 || status === 204 || status === 304 || (method === 'CONNECT' && status < 300)
  );
}

/** RFC 9112 9.3: what the sender of these options wants of the connection. */
export function keepsAlive(connection: readonly string[], minor: 0 | 1): boolean {
  if (connection.length === 0) {
    return minor === 1;
  }
  return !connection.includes('close') && (minor === 1 || connection.includes('keep-alive'));
}

function lengthFraming(message: FramedMessage, bytes: number): BodyFraming | Fault {
  return isConnect(message) ? connectFault() : { kind: 'length', bytes };
}

/** Rule 4. */
function codedFraming(message: FramedMessage, codings: readonly string[], isSaidOnce: boolean): BodyFraming | Fault {
  if (message.minor === 0) {
    // RFC 9112 6.1: HTTP/1.0 has no transfer codings, so somebody on the way did not understand the message.
    return fault('http1.bad-transfer-encoding', 'Transfer-Encoding in HTTP/1.0');
  }
  if (codings.length === 1 && codings[0] === 'chunked') {
    return isConnect(message) ? connectFault() : CHUNKED;
  }
  const named = codings.join(', ');
  const isChunkedOnceAndLast = codings.indexOf('chunked') === codings.length - 1;
  const isWellFormed = isChunkedOnceAndLast && codings.every((coding) => isToken(coding) && coding !== 'identity');
  if (isWellFormed || (message.kind === 'request' && message.isLenient === true && isSaidOnce)) {
    // Well-formed, and the end of the message is known, but these codings are not implemented (RFC 9112 6.1).
    return fault('http1.unknown-transfer-coding', 'a transfer coding that is not implemented', named);
  }
  return fault('http1.bad-transfer-encoding', 'Transfer-Encoding does not end the message', named);
}

function isConnect(message: FramedMessage): boolean {
  return message.kind === 'request' && message.method === 'CONNECT';
}

/** RFC 9110 9.3.6: content of CONNECT has no meaning, and a reader that starts the tunnel at once takes it for tunnelled bytes. */
function connectFault(): Fault {
  return fault('http1.body-not-allowed', 'CONNECT with a body');
}
