import type { Client, Exchange, Origin, Responder } from './exchange.ts';

/**
 * An exchange as a transport hands it to the pipeline. What the pipeline finds out and decides about the request before a handler sees it, it writes here: until then
 * the client is the peer, nothing is believed, and there is no id.
 */
export interface IncomingExchange extends Exchange {
  client: Client;
  origin: Origin;
  requestId: string;
  /** What filters the response is put in front of the transport's. */
  responder: Responder;
  route: object | undefined;
}
