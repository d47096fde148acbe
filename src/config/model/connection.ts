/** What holds for a connection and the heads that come on it: of the listener's first site until a location answers that has others. */

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
  /** Clients of HTTP/1.1, for whom it goes without saying, are told as well that the connection stays. */
  readonly saysKept?: boolean;
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
  /** Fields behind a body go to each client of HTTP/1.1, as with nginx. Otherwise to those that say that they take them (RFC 9110 6.5.1). */
  readonly sendsTrailersUnasked?: boolean;
}

/** What a location may say of the connection on which its requests come: nobody knows it before one has come whole. */
export type ScopedConnection = Partial<
  Pick<
    ConnectionRules,
    | 'keepAliveMs'
    | 'keepAliveFieldS'
    | 'keepAliveRequestsMax'
    | 'keepAliveTimeMs'
    | 'keepAliveDisabledFor'
    | 'lingering'
    | 'lingeringTimeMs'
    | 'lingeringTimeoutMs'
    | 'resetsTimedOut'
    | 'isChunkedOn'
  >
>;
