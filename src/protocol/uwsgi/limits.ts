/** What the uwsgi protocol has room for. */
export const UWSGI_LIMITS = {
  /** Of all variables with their lengths: the header has 16 bits for it. */
  packetBytesMax: 65_535,
  /** Of one name or value: 16 bits too. */
  textBytesMax: 65_535,
} as const;

export const UWSGI_HEADER_BYTES = 4;
