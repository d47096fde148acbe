/** From a file and the fields of a request to a response: what RFC 9110 asks of an origin server, in its order. Pure. */

import type { FilePart, PartsBody, ResponseHead } from '../../../protocol/http/exchange.ts';
import type { ResponseFields } from '../../../protocol/http/response-fields.ts';
import { fieldsOf, NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import type { Byteranges } from './byteranges.ts';
import { renderByteranges, renderContentRange } from './byteranges.ts';
import { checkPreconditions, isRangeCurrent } from './conditional.ts';
import type { Acceptance } from './encodings.ts';
import { chooseEncoded } from './encodings.ts';
import type { StaticFile } from './load-file.ts';
import type { ByteRange } from './ranges.ts';
import { chooseRanges } from './ranges.ts';
import type { Representation } from './representation.ts';
import { responseHead } from './representation.ts';
import type { RequestFields } from './request-fields.ts';

export type FileAnswer =
  /** The representation's own head and all of its bytes. */
  | { readonly kind: 'whole'; readonly representation: Representation }
  | { readonly kind: 'not-modified'; readonly representation: Representation }
  | { readonly kind: 'parts'; readonly representation: Representation; readonly parts: PartialContent }
  | { readonly kind: 'refused'; readonly status: 406 | 412 | 416; readonly fields: ResponseFields };

export interface PartialContent {
  readonly head: ResponseHead;
  readonly ranges: readonly ByteRange[];
  /** What goes around several ranges; one goes bare. */
  readonly around: Byteranges | undefined;
}

const VARY = fieldsOf('Vary: Accept-Encoding\r\n');

export interface AnswerOptions {
  readonly isHead: boolean;
  readonly acceptance: Acceptance;
  readonly nowMs: number;
  /** A fresh boundary for multipart/byteranges. */
  readonly makeBoundary: () => string;
}

export function answerFile(file: StaticFile, fields: RequestFields, options: AnswerOptions): FileAnswer {
  const representation = chooseEncoded(file.representations, options.acceptance);
  if (representation === undefined) {
    return { kind: 'refused', status: 406, fields: VARY };
  }
  switch (checkPreconditions(fields, representation, options.nowMs)) {
    case 'failed':
      return { kind: 'refused', status: 412, fields: NO_FIELDS };
    case 'not-modified':
      return { kind: 'not-modified', representation };
    case 'proceed':
      // RFC 9110 14.2: Range is for GET alone, and looked at only after the other conditions held.
      return options.isHead || fields.range === undefined || !isRangeCurrent(fields.ifRange, representation)
        ? { kind: 'whole', representation }
        : answerRange(representation, fields.range, options);
  }
}

/** The body of `parts` from a file in memory, joined, for it is not larger than the file and what goes around. */
export function joinParts({ ranges, around }: PartialContent, bytes: Buffer): Buffer {
  const slices = ranges.map(({ offset, length }) => bytes.subarray(offset, offset + length));
  if (around === undefined) {
    return slices[0] ?? bytes;
  }
  return Buffer.concat(interleave(around, slices));
}

/** The body of `parts` from a file on disk. */
export function fileParts({ ranges, around }: PartialContent, fd: number, release: () => void): PartsBody {
  const slices = ranges.map(({ offset, length }): FilePart => ({ kind: 'file', fd, offset, length }));
  const length = around?.length ?? ranges.reduce((sum, range) => sum + range.length, 0);
  return { kind: 'parts', length, parts: around === undefined ? slices : interleave(around, slices), release };
}

function answerRange(representation: Representation, range: string, { makeBoundary }: AnswerOptions): FileAnswer {
  const { size, fields } = representation;
  const choice = chooseRanges(range, size);
  switch (choice.kind) {
    case 'whole':
      return { kind: 'whole', representation };
    case 'unsatisfiable':
      return { kind: 'refused', status: 416, fields: fieldsOf(`Content-Range: bytes */${size}\r\n`) };
    case 'parts': {
      const [first, ...rest] = choice.ranges;
      const around = rest.length === 0 ? undefined : renderByteranges(choice.ranges, representation, makeBoundary());
      // RFC 9110 15.3.7.2: several parts carry their Content-Range each, and the head none.
      const own =
        around === undefined
          ? `Content-Type: ${representation.contentType}\r\nContent-Range: ${renderContentRange(first, size)}\r\n`
          : `Content-Type: ${around.contentType}\r\n`;
      return {
        kind: 'parts',
        representation,
        parts: { head: responseHead(206, fields + own), ranges: choice.ranges, around },
      };
    }
  }
}

function interleave<T>({ heads, tail }: Byteranges, slices: readonly T[]): (T | Buffer)[] {
  return [...slices.flatMap((slice, index) => [heads[index] ?? tail, slice]), tail];
}
