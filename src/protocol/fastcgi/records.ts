/** Records of FastCGI 1.0: a header of eight bytes (version, type, request, length of the content, length of the padding, reserved), content, padding. */

export const FASTCGI = {
  version: 1,
  headerBytes: 8,
  beginRequest: 1,
  endRequest: 3,
  params: 4,
  stdin: 5,
  stdout: 6,
  stderr: 7,
  responder: 1,
  keepConnection: 1,
  /** Each connection carries one request at a time, always with this id. */
  requestId: 1,
} as const;

export const FASTCGI_LIMITS = {
  /** The header has 16 bits for it. */
  contentBytesMax: 65_535,
  /** Pieces of bodies. Divisible by eight, so that they need no padding, and as long as those that nginx sends. */
  stdinBytesMax: 32_768,
  /** What END_REQUEST has: a status of the application, one of the protocol, and what is reserved. */
  endBytes: 8,
} as const;

/** The specification asks for content that ends at a multiple of eight bytes. */
export function paddingOf(length: number): number {
  return -length & 7;
}

/** The bytes before the content of a record, in latin-1. */
export function recordHeader(type: number, length: number): string {
  return String.fromCharCode(
    FASTCGI.version,
    type,
    0,
    FASTCGI.requestId,
    length >> 8,
    length & 0xff,
    paddingOf(length),
    0,
  );
}
