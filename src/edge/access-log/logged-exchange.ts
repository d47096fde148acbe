/** What the access log looks at of an exchange that is over. */

import type { Client, Exchange, ResponseHead } from '../../protocol/http/exchange.ts';

type Asked =
  | 'method'
  | 'target'
  | 'rawPath'
  | 'path'
  | 'query'
  | 'host'
  | 'minor'
  | 'block'
  | 'client'
  | 'origin'
  | 'requestId'
  | 'watcher';

export interface LoggedExchange extends Pick<Exchange, Asked> {
  readonly status: number;
  readonly bodyBytes: number;
  /** The head of the response; undefined where a connection was upgraded, or no response had begun. */
  readonly sentHead: ResponseHead | undefined;
  /** The length that the response has stated, or -1. */
  readonly sentLength: number;
}

/** The connection that the exchange was on. */
export interface LoggedConnection {
  /** The peer, whomever it speaks for. */
  readonly address: string;
  /** The number of its requests, this one included. */
  readonly requestCount: number;
  /** Another request may follow. */
  readonly isKept: boolean;
}

const NOBODY_ASKS: LoggedExchange['block'] = {
  fields: [],
  get: () => undefined,
  getAll: () => [],
  /** It has ended, or is ended, before the response was whole. */
  readonly isCut: boolean;
  contentLength: undefined,
  transferCodings: [],
  connection: [],
  host: undefined,
  expect: undefined,
  upgrade: undefined,
  hasProxyFields: false,
};

/** For bytes that could not be read as a request, and were answered with a page of `bodyBytes`. */
export function unreadExchange(
  client: Client,
  origin: Exchange['origin'],
  status: number,
  bodyBytes: number,
): LoggedExchange {
  return {
    method: '',
    target: '',
    rawPath: '',
    path: '',
    query: '',
    host: '',
    minor: 1,
    block: NOBODY_ASKS,
    client,
    origin,
    requestId: '',
    watcher: undefined,
    status,
    bodyBytes,
    sentHead: undefined,
    sentLength: bodyBytes,
  };
}
