/** What holds for a connection and the heads that come on it: for the listener's first site until the host of a request is known. */

/** What is absent is as our own limits have it (protocol/http1/limits.ts, edge/limits.ts). */
export interface ConnectionRules {
  readonly headTimeoutMs?: number;
  /** The request line and each field; a line that is longer is refused with 414 or 400. */
  readonly lineBytesMax?: number;
  readonly headBytesMax?: number;
  readonly fieldsMax?: number;
  /** How long an idle connection is kept. 0: not at all. */
  readonly keepAliveMs: number;
  /** In the field Keep-Alive; 0: it is not sent. */
  readonly keepAliveFieldS?: number;
  readonly keepAliveRequestsMax?: number;
  readonly keepAliveTimeMs?: number;
  /** Browsers whose connections are not kept: `msie6`, `safari`. */
  readonly keepAliveDisabledFor?: readonly string[];
  /** Lines of a head may end with LF alone, and targets may have a fragment, which is cut off. */
  readonly takesLineFeeds?: boolean;
  readonly mergesSlashes?: boolean;
  /** Fields whose names have characters that none should have are dropped instead of refused. */
  readonly dropsInvalidFields?: boolean;
  readonly takesUnderscores?: boolean;
  readonly lingering?: 'off' | 'on' | 'always';
  readonly lingeringTimeMs?: number;
  readonly lingeringTimeoutMs?: number;
  readonly resetsTimedOut?: boolean;
  readonly isChunkedOn?: boolean;
}
