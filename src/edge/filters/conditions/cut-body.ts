/** Parts of a body that is there as a whole: in memory, or in files that are read when it is sent. */

import type { Body, FilePart, PartsBody } from '../../../protocol/http/exchange.ts';
import type { Byteranges } from '../../handlers/static/byteranges.ts';
import type { ByteRange } from '../../handlers/static/ranges.ts';

/** `around`: what goes around several ranges. */
export function cutBody(body: Body, ranges: readonly ByteRange[], around: Byteranges | undefined): PartsBody {
  const whole = partsOf(body);
  const parts = ranges.flatMap((range, index) => {
    const cut = cutParts(whole.parts, range);
    return around === undefined ? cut : [around.heads[index] ?? around.tail, ...cut];
  });
  const length = around?.length ?? ranges.reduce((sum, range) => sum + range.length, 0);
  return {
    kind: 'parts',
    length,
    parts: around === undefined ? parts : [...parts, around.tail],
    release: whole.release,
  };
}

function partsOf(body: Body): PartsBody {
  if (typeof body === 'object' && 'parts' in body) {
    return body;
  }
  const bytes = bytesOf(body);
  return { kind: 'parts', length: bytes.length, parts: [bytes], release: () => undefined };
}

function bytesOf(body: Exclude<Body, PartsBody>): Buffer {
  if (body === undefined || typeof body === 'string') {
    return Buffer.from(body ?? '', 'latin1');
  }
  // Borrowed bytes are gone when this response is sent.
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer.subarray(body.start, body.start + body.length));
}

function cutParts(parts: PartsBody['parts'], { offset, length }: ByteRange): (FilePart | Buffer)[] {
  const cut: (FilePart | Buffer)[] = [];
  let start = 0;
  for (const part of parts) {
    const from = Math.max(offset - start, 0);
    const to = Math.min(offset + length - start, part.length);
    if (from < to) {
      cut.push(
        Buffer.isBuffer(part) ? part.subarray(from, to) : { ...part, offset: part.offset + from, length: to - from },
      );
    }
    start += part.length;
  }
  return cut;
}
