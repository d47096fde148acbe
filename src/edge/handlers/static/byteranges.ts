/** multipart/byteranges, RFC 9110 14.6: what goes around the ranges of one representation. */

import type { ByteRange } from './ranges.ts';

export interface Byteranges {
  readonly contentType: string;
  /** Goes before the range of the same index. */
  readonly heads: readonly Buffer[];
  readonly tail: Buffer;
  /** Ranges included. */
  readonly length: number;
}

export interface RangedRepresentation {
  readonly size: number;
  /** '': it is not said. */
  readonly contentType: string;
}

/** `boundary` must be of token characters and occur nowhere in the file. */
export function renderByteranges(ranges: readonly ByteRange[], of: RangedRepresentation, boundary: string): Byteranges {
  const heads = ranges.map((range, index) => {
    const delimiter = `${index === 0 ? '' : '\r\n'}--${boundary}\r\n`;
    const type = of.contentType === '' ? '' : `Content-Type: ${of.contentType}\r\n`;
    return Buffer.from(`${delimiter}${type}Content-Range: ${renderContentRange(range, of.size)}\r\n\r\n`, 'latin1');
  });
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1');
  const rangesLength = ranges.reduce((sum, range) => sum + range.length, 0);
  const length = heads.reduce((sum, head) => sum + head.length, rangesLength + tail.length);
  return { contentType: `multipart/byteranges; boundary=${boundary}`, heads, tail, length };
}

/** RFC 9110 14.4. */
export function renderContentRange(range: ByteRange, size: number): string {
  return `bytes ${range.offset}-${range.offset + range.length - 1}/${size}`;
}
