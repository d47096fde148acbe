/** What the uwsgi protocol has room for. */
export const UWSGI_LIMITS = {
  /** Of all variables with their lengths: the header has 16 bits for it. */
  packetBytesMax: 65_535,
  /** Of one name or value: 16 bits too. */
  textBytesMax: 65_535,
} as const;

export const UWSGI_HEADER_BYTES = 4;

/** What a server takes of a request. How long its fields may be says HTTP1_LIMITS. */
export const UWSGI_REQUEST_LIMITS = {
  /** Fields of a request are 200 at most; Apache sends about 50 variables of its own. */
  variablesMax: 400,
} as const;
