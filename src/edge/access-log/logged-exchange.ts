/** What the access log looks at of an exchange that is over. */

import type { Exchange, ResponseHead, ResponseWatcher } from '../../protocol/http/exchange.ts';
import { isFault } from '../../protocol/http1/faults.ts';
import { HTTP1_LIMITS } from '../../protocol/http1/limits.ts';
import { parseRequestLine } from '../../protocol/http1/request-line.ts';
import { decodePath } from '../path.ts';

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
  | 'requestId';

export interface LoggedExchange extends Pick<Exchange, Asked> {
  readonly watcher: ResponseWatcher | undefined;
  readonly status: number;
  readonly bodyBytes: number;
  /** The head of the response; undefined where a connection was upgraded, or no response had begun. */
  readonly sentHead: ResponseHead | undefined;
  /** The length that the response has stated, or -1. */
  readonly sentLength: number;
  /** Where `method` is '': what came in the place of a request line, as far as it came. */
  readonly refusedLine?: string;
}

/** The connection that the exchange was on. */
export interface LoggedConnection {
  /** The peer, whomever it speaks for. */
  readonly address: string;
  /** The number of its requests, this one included. */
  readonly requestCount: number;
  /** Another request may follow. */
  readonly isKept: boolean;
  /** It has ended, or is ended, before the response was whole. */
  readonly isCut: boolean;
}

const NOBODY_ASKS: LoggedExchange['block'] = {
  fields: [],
  get: () => undefined,
  getAll: () => [],
  contentLength: undefined,
  transferCodings: [],
  connection: [],
  host: undefined,
  expect: undefined,
  upgrade: undefined,
  hasProxyFields: false,
};

const NO_LINE = { method: '', target: '', path: '', query: '', minor: 1 } as const;

/** For bytes that could not be read as a request, and were answered with a page. `line`: their first line, which may well be that of a request. */
export function unreadExchange(
  line: string,
  answered: Pick<LoggedExchange, 'client' | 'origin' | 'status' | 'bodyBytes'>,
): LoggedExchange {
  const read = parseRequestLine(line, HTTP1_LIMITS.methodBytesMax);
  const { method, target, path, query, minor } = isFault(read) ? NO_LINE : read;
  return {
    ...answered,
    method,
    target,
    rawPath: path,
    path: decodePath(path) ?? path,
    query,
    host: '',
    minor,
    block: NOBODY_ASKS,
    requestId: '',
    watcher: undefined,
    sentHead: undefined,
    sentLength: answered.bodyBytes,
    refusedLine: line,
  };
}
