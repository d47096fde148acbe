import type { Client, Exchange, Origin, Responder, ResponseHead } from './exchange.ts';

/**
 * An exchange as a transport hands it to the pipeline. What the pipeline finds out and decides about the request before a handler sees it, it writes here: until then
 * the client is the peer, nothing is believed, and there is no id.
 */
export interface IncomingExchange extends Exchange {
  client: Client;
  origin: Origin;
  requestId: string;
  /** A responder of the pipeline stands in front of the transport's. */
  responder: Responder;
  /** The transport asks it once, with the first head of a response. */
  responseFilter: ResponseFilter | undefined;
  route: object | undefined;
}

/** What most responses do not need: only one whose head says so gets a responder in front of the transport's. */
export interface ResponseFilter {
  /** `length`: of the body, undefined if it is not known. Undefined: the response is left alone. */
  responderFor(exchange: IncomingExchange, head: ResponseHead, length: number | undefined): Responder | undefined;
}
