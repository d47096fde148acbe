/** What can be told of an exchange that is over, whatever carried it: a connection of HTTP/1, a stream of HTTP/2, or a request of our own. */

import type { Exchange, ResponseHead, ResponseTimes } from './exchange.ts';

/** What has left of a response beside the bytes of its body. */
export interface FrameCount {
  readonly headBytes: number;
  readonly chunkFrameBytes: number;
}

/** The connection that the exchange was on. */
export interface ConnectionFacts {
  /** The peer, whomever it speaks for. */
  readonly address: string;
  /** `requestBytes`: what has come of the request, head and body. */
  readonly requests: { readonly requestBytes: number };
  /** How the connection is used. */
  readonly keeping: {
    /** The number of its requests, this one included. */
    readonly requestCount: number;
    /** The request came behind another one that was not answered yet. */
    readonly isPipelined: boolean;
    /** How long the connection has been open. */
    readonly openMs: number;
  };
  /** Another request may follow. */
  readonly isKept: boolean;
  /** It has ended, or is ended, before the response was whole. */
  readonly isCut: boolean;
  /** It counts for the response that was begun last, which is that of the exchange until that is over. */
  readonly writer: FrameCount;
}

export interface FinishedExchange extends Exchange {
  readonly connection: ConnectionFacts;
  /** When the head of the request had come, on the monotonic clock; 0 if nobody is told of exchanges that are over. */
  readonly startedMs: number;
  /** The status sent; 499 if the client has left before any was. */
  readonly status: number;
  readonly bodyBytes: number;
  /** The head of the response; undefined where a handler wrote it itself, or no response had begun. */
  readonly sentHead: ResponseHead | undefined;
  /** The length that the response has stated, or -1. */
  readonly sentLength: number;
  readonly times: ResponseTimes | undefined;
  /**
   * For bytes that could not be read as a request: what came in the place of a request line, as far as it came. It may well be a good one; `method` and the rest are
   * those of it, or ''.
   */
  readonly refusedLine: string | undefined;
}
