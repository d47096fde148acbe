/**
 * What a client makes of the bytes of one connection: responses, framed by what they say of themselves (RFC 9112 6.3). It is lenient where a client would be,
 * and keeps what it cannot make sense of, because that is to be compared as well.
 */

export interface SeenResponse {
  readonly statusLine: string;
  /** In the order of the bytes, names as they were written. */
  readonly fields: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly trailers: readonly string[];
  /** Of the response as it was on the wire, with its head: what $bytes_sent counts. */
  readonly wireLength: number;
  /** How its end was found: only the end of the connection ends some. */
  readonly framing: 'none' | 'length' | 'chunked' | 'close' | 'broken';
}

export interface Reading {
  readonly response: SeenResponse;
  readonly rest: Buffer;
}

/** Undefined: there is no whole response yet, or, at the end, no byte at all. */
export function readResponse(bytes: Buffer, method: string, isEnded: boolean): Reading | undefined {
  if (bytes.length === 0) return undefined;
  if (!startsLikeHttp(bytes)) return isEnded ? restOf(bytes, 'close') : undefined;
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return isEnded ? restOf(bytes, 'broken') : undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const from = headEnd + 4;
  const found = readBody(bytes.subarray(from), { statusLine, fields, method, isEnded });
  if (found === undefined) return undefined;
  const { used, ...body } = found;
  return {
    response: { statusLine, fields, ...body, wireLength: from + used },
    rest: bytes.subarray(from + used),
  };
}

function startsLikeHttp(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 5);
  return 'HTTP/'.startsWith(start) || start === 'HTTP/';
}

function restOf(bytes: Buffer, framing: SeenResponse['framing']): Reading {
  const response = { statusLine: '', fields: [], body: bytes, trailers: [], wireLength: bytes.length, framing };
  return { response, rest: Buffer.alloc(0) };
}

interface Head {
  readonly statusLine: string;
  readonly fields: SeenResponse['fields'];
  readonly method: string;
  readonly isEnded: boolean;
}

type Body = Pick<SeenResponse, 'body' | 'trailers' | 'framing'> & { readonly used: number };

function readBody(bytes: Buffer, head: Head): Body | undefined {
  const status = Number(head.statusLine.split(' ')[1]);
  const nothing = { body: Buffer.alloc(0), trailers: [], used: 0 };
  if (status < 200 || status === 204 || status === 304 || head.method === 'HEAD')
    return { ...nothing, framing: 'none' };
  if (/\bchunked\b/i.test(fieldValue(head, 'transfer-encoding') ?? '')) return readChunks(bytes, head.isEnded);
  const length = fieldValue(head, 'content-length');
  if (length !== undefined) {
    if (bytes.length < Number(length)) {
      return head.isEnded ? { ...nothing, body: bytes, used: bytes.length, framing: 'broken' } : undefined;
    }
    return { ...nothing, body: bytes.subarray(0, Number(length)), used: Number(length), framing: 'length' };
  }
  return head.isEnded ? { ...nothing, body: bytes, used: bytes.length, framing: 'close' } : undefined;
}

/** Of the first field of the name, which is in lower case. */
export function fieldValue(head: Pick<SeenResponse, 'fields'>, name: string): string | undefined {
  return head.fields.find(([field]) => field.toLowerCase() === name)?.[1];
}

function readChunks(bytes: Buffer, isEnded: boolean): Body | undefined {
  const parts: Buffer[] = [];
  const broken = { body: bytes, trailers: [], used: bytes.length, framing: 'broken' as const };
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return isEnded ? broken : undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (Number.isNaN(size)) return broken;
    at = lineEnd + 2;
    if (size === 0) return readTrailers(bytes, at, parts, isEnded ? broken : undefined);
    if (bytes.length < at + size + 2) return isEnded ? broken : undefined;
    parts.push(bytes.subarray(at, at + size));
    at += size + 2;
  }
}

function readTrailers(bytes: Buffer, from: number, parts: Buffer[], unfinished: Body | undefined): Body | undefined {
  const trailers: string[] = [];
  for (let at = from; ; ) {
    const end = bytes.indexOf('\r\n', at);
    if (end === -1) return unfinished;
    if (end === at) return { body: Buffer.concat(parts), trailers, used: end + 2, framing: 'chunked' };
    trailers.push(bytes.toString('latin1', at, end));
    at = end + 2;
  }
}
