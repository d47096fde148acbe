export const DNS_LIMITS = {
  /** Of a name with the lengths of its labels and its end. RFC 1035 2.3.4 has 255; nginx's resolver takes two more, which are four labels of the greatest length, and aliases may have been made for it. */
  nameBytesMax: 257,
  /** RFC 1035 2.3.4. The two bits above it are those of a pointer. */
  labelBytesMax: 63,
  /** Over TCP, where a length of two bytes stands before it (RFC 1035 4.2.2). */
  messageBytesMax: 65_535,
} as const;

/** RFC 1035 4.1.1. */
export const HEADER_BYTES = 12;
