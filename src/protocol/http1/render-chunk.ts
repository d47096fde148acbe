/** The chunked coding, as it is sent (RFC 9112 7.1). */

/** What precedes the data of a chunk of `bytes` bytes; CRLF follows it. A chunk of none would end the body. */
export function renderChunkHead(bytes: number): string {
  if (bytes < 1) {
    throw new RangeError('an empty chunk');
  }
  return `${bytes.toString(16)}\r\n`;
}

export const CHUNK_END = '\r\n';

/** A whole chunk in one buffer: for a small one, one write costs less than three. */
export function renderChunk(bytes: Buffer): Buffer {
  const head = renderChunkHead(bytes.length);
  const chunk = Buffer.allocUnsafe(head.length + bytes.length + CHUNK_END.length);
  let at = chunk.latin1Write(head, 0);
  at += bytes.copy(chunk, at);
  chunk.latin1Write(CHUNK_END, at);
  return chunk;
}

/** The last chunk, without trailers. */
export const LAST_CHUNK = '0\r\n\r\n';

/** The last chunk, with rendered trailer fields. */
export function renderLastChunk(trailers: string): string {
  return trailers === '' ? LAST_CHUNK : `0\r\n${trailers}\r\n`;
}
