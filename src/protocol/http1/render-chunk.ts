/** The chunked coding, as it is sent (RFC 9112 7.1). */

import type { RenderedField } from './render-head.ts';
import { renderFields } from './render-head.ts';

/** What precedes the data of a chunk of `bytes` bytes; CRLF follows it. A chunk of none would end the body. */
export function renderChunkHead(bytes: number): string {
  if (bytes < 1) {
    throw new RangeError('an empty chunk');
  }
  return `${bytes.toString(16)}\r\n`;
}

export const CHUNK_END = '\r\n';

/** The last chunk, without trailers. */
export const LAST_CHUNK = '0\r\n\r\n';

export function renderLastChunk(trailers: readonly RenderedField[]): string {
  return `0\r\n${renderFields(trailers)}\r\n`;
}
