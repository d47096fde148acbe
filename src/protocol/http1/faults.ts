/**
 * What a peer can do wrong in HTTP/1.1, each with the status a server answers with. RFC 9112 leaves several of these to the
 * recipient; here everything that two implementations could read in two ways is refused.
 */

export const FAULTS = {
  /** A CR or LF that is not part of a CRLF (RFC 9112 2.2). */
  'http1.bare-line-break': 400,
  'http1.too-many-empty-lines': 400,
  'http1.bad-request-line': 400,
  'http1.request-line-too-long': 414,
  'http1.bad-method': 400,
  /** RFC 9112 3 has 501 for a method that is longer than any known; but this one is longer than any that could become known, so nginx and gunicorn refuse it as malformed. */
  'http1.method-too-long': 400,
  'http1.bad-target': 400,
  'http1.bad-version': 400,
  'http1.unsupported-version': 505,
  'http1.bad-status-line': 400,
  'http1.head-too-large': 431,
  'http1.too-many-fields': 431,
  /** Whitespace before the first field (RFC 9112 2.2). */
  'http1.leading-space': 400,
  'http1.folded-line': 400,
  'http1.missing-colon': 400,
  'http1.space-before-colon': 400,
  'http1.bad-field-name': 400,
  'http1.bad-field-value': 400,
  'http1.repeated-field': 400,
  'http1.missing-host': 400,
  'http1.bad-host': 400,
  'http1.bad-content-length': 400,
  /** The length cannot be counted, so nobody knows whether the body would be too large (RFC 9110 8.6). */
  'http1.content-length-too-large': 400,
  'http1.repeated-content-length': 400,
  'http1.length-with-coding': 400,
  'http1.bad-transfer-encoding': 400,
  'http1.unknown-transfer-coding': 501,
  'http1.unknown-expectation': 417,
  'http1.body-not-allowed': 400,
  'http1.bad-chunk-size': 400,
  'http1.bad-chunk-extension': 400,
  'http1.chunk-extensions-too-large': 413,
  'http1.bad-chunk-end': 400,
  'http1.forbidden-trailer': 400,
  'http1.trailers-too-large': 431,
  /** The connection ended in the middle of a head or body. */
  'http1.head-cut': 400,
  'http1.body-cut': 400,
  /** Bytes of a response that nobody asked for. */
  'http1.unexpected-response': 400,
  'http1.too-many-interim-responses': 400,
  /** Deadlines, which the transport keeps. */
  'http1.head-timeout': 408,
  'http1.body-timeout': 408,
} as const;

export type FaultCode = keyof typeof FAULTS;

/** 502 is what a proxy tells its client when the server behind it is at fault. */
export type FaultStatus = (typeof FAULTS)[FaultCode] | 502;

export interface Fault {
  readonly code: FaultCode;
  readonly status: FaultStatus;
  /** Escaped and bounded: safe to log. */
  readonly detail: string;
}

const QUOTED_CHARACTERS_MAX = 80;

/** A class only so that `isFault` is one comparison of prototypes on the path that every request takes. */
class FoundFault implements Fault {
  readonly code: FaultCode;
  readonly status: FaultStatus;
  readonly detail: string;

  constructor(code: FaultCode, status: FaultStatus, detail: string) {
    this.code = code;
    this.status = status;
    this.detail = detail;
  }
}

/** `quoted` is what the peer sent; it is escaped and cut. */
export function fault(code: FaultCode, detail: string, quoted?: string): Fault {
  return new FoundFault(code, FAULTS[code], quoted === undefined ? detail : `${detail}: ${quote(quoted)}`);
}

/** The same fault, found in what a server behind us sent. */
export function asUpstreamFault({ code, detail }: Fault): Fault {
  return new FoundFault(code, 502, detail);
}

export function isFault(value: unknown): value is Fault {
  return value instanceof FoundFault;
}

function quote(text: string): string {
  const cut = text.length > QUOTED_CHARACTERS_MAX ? text.slice(0, QUOTED_CHARACTERS_MAX) : text;
  const escaped = cut.replace(/[^\x20-\x7e]|["\\]/g, escapeCharacter);
  return cut.length < text.length ? `"${escaped}"…` : `"${escaped}"`;
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code === 0x22 || code === 0x5c ? `\\${character}` : `\\x${code.toString(16).padStart(2, '0')}`;
}
