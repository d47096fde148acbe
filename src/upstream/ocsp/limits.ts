export const OCSP_LIMITS = {
  /** Answers have two kilobytes, with a chain of certificates some more. */
  responseBytesMax: 65_536,
  /** Clocks of authorities and servers differ by so much, as nginx has it. */
  clockSkewMs: 300_000,
} as const;
