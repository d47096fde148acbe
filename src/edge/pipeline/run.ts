/** The order in which handlers are asked. Compiled once; a request walks it from the top until one answers. What is refused gets a page, and what is over a line in the access log. */

import type { Clock } from '../../kernel/clock.ts';
import type { Exchange, Handler } from '../../protocol/http/exchange.ts';
import type { IncomingExchange, ResponseFilter } from '../../protocol/http/incoming-exchange.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import type { AccessLog } from '../access-log/access-log.ts';
import type { RenderRefusal } from '../pages/error-pages.ts';
import { errorHead } from '../pages/error-pages.ts';
import type { RequestPipeline } from '../transport/connection-services.ts';
import type { Identifier } from './identify.ts';

export interface PipelineParts {
  readonly identifier: Pick<Identifier, 'identify'>;
  readonly handlers: readonly Handler[];
  readonly compression: ResponseFilter | undefined;
  /** The page of a refusal. `detail` is for developers. */
  readonly renderRefusal: RenderRefusal;
  readonly accessLog: AccessLog | undefined;
  readonly clock: Clock;
  /** A handler has failed; its request is answered 500, unless it was answered before. */
  readonly onBug: (error: unknown) => void;
}

/** It asks nothing more of the transport than what the request itself says. */
export interface PlainPipeline extends RequestPipeline {
  handle(exchange: IncomingExchange): void;
  refuse(
    exchange: IncomingExchange,
    status: number,
    detail: string | undefined,
    fields: ResponseFields | undefined,
  ): void;
}

export function compilePipeline(parts: PipelineParts): PlainPipeline {
  const { identifier, handlers, compression, renderRefusal, accessLog, clock, onBug } = parts;
  return {
    handle: (exchange) => {
      try {
        identifier.identify(exchange);
        exchange.responseFilter = compression;
        for (const handle of handlers) {
          if (handle(exchange)) {
            return;
          }
        }
        exchange.responder.refuse(404);
      } catch (error) {
        onBug(error);
        exchange.responder.refuse(500);
      }
    },
    refuse: (exchange, status, detail, fields) => {
      if (exchange.requestId === '') {
        identifier.identify(exchange); // It could not be read, so it has not come this way.
      }
      const page = renderRefusal(exchange, status, detail);
      exchange.responder.respond(errorHead(status, page, fields), page.body);
    },
    onFinished: accessLog && ((exchange) => accessLog.write(exchange, clock.monotonicMs() - exchange.startedMs)),
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
