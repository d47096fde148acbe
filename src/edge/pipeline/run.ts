/** The order in which handlers are asked. Compiled once; a request walks it from the top until one answers. */

import type { Exchange, Handler } from '../../protocol/http/exchange.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';

/** `onBug`: a handler has failed; its request is answered 500, unless it was answered before. */
export function compilePipeline(handlers: readonly Handler[], onBug: (error: unknown) => void): Handler {
  return (exchange) => {
    try {
      for (const handle of handlers) {
        if (handle(exchange)) {
          return true;
        }
      }
      return false;
    } catch (error) {
      onBug(error);
      exchange.responder.refuse(500);
      return true;
    }
  };
}

const OPTIONS_FIELDS = fieldsOf('Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n');

/**
 * Requests that no handler of ours is meant for: those whose proxy contradicts itself, tunnels (RFC 9110 9.3.6), TRACE, which shows a client's
 * secrets to its scripts, and `OPTIONS *`.
 */
export function refuseUnserved(exchange: Exchange): boolean {
  if (exchange.origin.isContradictory) {
    exchange.responder.refuse(400, 'The fields of the proxy say http and https at once.');
    return true;
  }
  switch (exchange.method) {
    case 'CONNECT':
    case 'TRACE':
      exchange.responder.refuse(405, undefined, OPTIONS_FIELDS);
      return true;
    case 'OPTIONS':
      if (exchange.path !== '*') {
        return false;
      }
      exchange.responder.respond({ status: 200, reason: undefined, fields: OPTIONS_FIELDS }, undefined);
      return true;
    default:
      return false;
  }
}
