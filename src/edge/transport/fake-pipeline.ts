/** A connection without the rest of an edge, for tests of it: its pipeline leaves everything to the test. */

import type { FinishedExchange } from '../../protocol/http/finished-exchange.ts';
import type { IncomingExchange } from '../../protocol/http/incoming-exchange.ts';
import type { Origin } from '../../protocol/http/origin.ts';
import { Peer } from '../../protocol/http/peer.ts';
import type { Pair } from '../../relay/sockets/fake-connection.ts';
import type { RequestPipeline } from './connection-services.ts';
import { fakeServices } from './fake-services.ts';
import { Http1Connection } from './http1-connection.ts';

interface Refused {
  readonly exchange: IncomingExchange;
  readonly status: number;
  readonly detail: string | undefined;
}

export class FakePipeline implements RequestPipeline {
  readonly asked: IncomingExchange[] = [];
  readonly refused: Refused[] = [];
  /** Of each exchange that is over: method, target, status, bytes of the body, refused line, requests of the connection, whether that is kept, start. */
  readonly finished: string[] = [];
  onFinished: RequestPipeline['onFinished'] = (exchange) => this.#note(exchange);

  handle(exchange: IncomingExchange): void {
    this.asked.push(exchange);
  }

  refuse(exchange: IncomingExchange, status: number, detail: string | undefined): void {
    this.refused.push({ exchange, status, detail });
  }

  #note({ method, target, status, bodyBytes, refusedLine, connection, startedMs }: FinishedExchange): void {
    const { isKept, keeping } = connection;
    this.finished.push(
      [method, target, status, bodyBytes, refusedLine, keeping.requestCount, isKept, startedMs].join(' '),
    );
  }
}

const ORIGIN: Origin = {
  scheme: 'http',
  name: 'localhost',
  port: '80',
  believed: 'none',
  isContradictory: false,
  tls: undefined,
};

/** A connection over a Unix socket, whose client has sent `text`. */
export function receive(pair: Pair, text: string): { pipeline: FakePipeline; connection: Http1Connection } {
  const pipeline = new FakePipeline();
  const origins = {
    untrusted: ORIGIN,
    trusted: ORIGIN,
    trustedPlain: ORIGIN,
    trustedSecure: ORIGIN,
    contradictory: ORIGIN,
  };
  const connection = new Http1Connection(
    pair.edge,
    new Peer({ address: '', port: '' }, origins),
    fakeServices(pipeline),
  );
  pair.edge.resume();
  connection.onBytes(Buffer.from(text), text.length);
  return { pipeline, connection };
}
