/** Every bound of the HTTP/1.1 parsers. What is beyond one is a fault with a code of its own. */

export interface Http1Limits {
  readonly requestLineBytesMax: number;
  readonly headBytesMax: number;
  readonly fieldsMax: number;
  readonly methodBytesMax: number;
  readonly emptyLinesMax: number;
  readonly chunkSizeDigitsMax: number;
  readonly chunkExtensionBytesMax: number;
  readonly trailerBytesMax: number;
  readonly trailersMax: number;
  readonly interimHeadsMax: number;
}

export const HTTP1_LIMITS: Http1Limits = {
  /** RFC 9112 3 recommends at least 8000 octets; nginx's large_client_header_buffers and Apache's LimitRequestLine are the same 8 KiB. */
  requestLineBytesMax: 8 * 1024,
  /** Start line and fields with their line ends. Holds 16 KiB of cookies beside a long token; nginx takes 4 × 8 KiB. */
  headBytesMax: 32 * 1024,
  /** Browsers behind several proxies send about 60; gunicorn and Apache stop at 100. */
  fieldsMax: 200,
  /** The longest registered method has 17 letters (UPDATEREDIRECTREF). */
  methodBytesMax: 32,
  /** RFC 9112 2.2 asks for at least one: old clients send a CRLF after a body. */
  emptyLinesMax: 4,
  /** 2^53 - 1 has 14 hexadecimal digits; two zeros more are harmless padding. */
  chunkSizeDigitsMax: 16,
  /** Of all chunks of a body together. Nobody uses them, and they cost time without being counted as body (CVE-2023-39326). */
  chunkExtensionBytesMax: 16 * 1024,
  trailerBytesMax: 8 * 1024,
  trailersMax: 32,
  /** 1xx responses to one request: one 100 and a few 103 are usual; a server could send them for ever. */
  interimHeadsMax: 16,
};

/**
 * So much of a request line that is refused is kept for the access log. With what else is in its line there, and unless much of it is escaped, it fits into
 * the 4096 bytes that a pipe takes whole.
 */
export const REFUSED_LINE_BYTES_MAX = 2048;

/** Bounds of the memo of field lines that the connections of a thread share. */
export const FIELD_MEMO_LIMITS = {
  /** Two generations of these: together at most 2 MiB of text. */
  entriesPerGenerationMax: 2048,
  /** Longer lines are rare and differ each time. */
  lineBytesMax: 512,
} as const;

/** What an idle connection keeps of its last head, to recognise the next one by. */
export const CONNECTION_MEMORY = {
  /** Ten thousand idle connections must not hold ten thousand long heads. */
  headBytesMax: 8192,
  /** The next head is often a little longer; without this it would need another buffer. */
  spareBytes: 128,
} as const;
