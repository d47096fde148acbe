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
import type { ByteRange, RangeRule } from './ranges.ts';
import { chooseRanges } from './ranges.ts';
import type { Representation } from './representation.ts';
import { responseHead } from './representation.ts';
import type { RequestFields } from './request-fields.ts';

export type FileAnswer =
  /** The representation's own head and all of its bytes. */
  | { readonly kind: 'whole'; readonly representation: Representation }
  | { readonly kind: 'not-modified'; readonly representation: Representation }
  | { readonly kind: 'parts'; readonly representation: Representation; readonly parts: PartialContent }
  | { readonly kind: 'refused'; readonly status: 404 | 406 | 412 | 416; readonly fields: ResponseFields };

export interface PartialContent {
  readonly head: ResponseHead;
  readonly ranges: readonly ByteRange[];
  /** What goes around several ranges; one goes bare. */
  readonly around: Byteranges | undefined;
}

const VARY = fieldsOf('Vary: Accept-Encoding\r\n');

export interface AnswerOptions {
  readonly isHead: boolean;
  /** False: Range is somebody else's business. */
  readonly isRanged: boolean;
  readonly acceptance: Acceptance;
  readonly nowMs: number;
  /** A fresh boundary for multipart/byteranges. */
  readonly makeBoundary: () => string;
}

export function answerFile(file: StaticFile, fields: RequestFields, options: AnswerOptions): FileAnswer {
  const { representations, rule } = file;
  const representation = chooseRepresentation(file, options.acceptance);
  if (representation === undefined) {
    const status = rule.siblings.isTrusted && !representations.some(isPlain) ? 404 : 406;
    return { kind: 'refused', status, fields: rule.siblings.varies ? VARY : NO_FIELDS };
  }
  switch (checkPreconditions(fields, representation, { rule: rule.conditions, nowMs: options.nowMs })) {
    case 'failed':
      return { kind: 'refused', status: 412, fields: NO_FIELDS };
    case 'not-modified':
      return { kind: 'not-modified', representation };
    case 'proceed':
      // The range is looked at only after the other conditions held (RFC 9110 14.2).
      return !options.isRanged ||
        (options.isHead && !rule.ranges.holdsForHead) ||
        fields.range === undefined ||
        !isRangeCurrent(fields.ifRange, representation)
        ? { kind: 'whole', representation }
        : answerRange(representation, fields.range, rule.ranges, options);
  }
}

/** Where siblings are trusted, a client is never refused a file that there is uncompressed. */
export function chooseRepresentation(
  { representations, rule }: StaticFile,
  acceptance: Acceptance,
): Representation | undefined {
  const chosen = chooseEncoded(representations, acceptance);
  return chosen ?? (rule.siblings.isTrusted ? representations.find(isPlain) : undefined);
}

function isPlain({ coding }: Representation): boolean {
  return coding === 'identity';
}

/** The body of `parts` from a file in memory, joined, for it is not larger than the file and what goes around. */
export function joinParts({ ranges, around }: PartialContent, bytes: Buffer): Buffer {
  const slices = ranges.map(({ offset, length }) => bytes.subarray(offset, offset + length));
  if (around === undefined) {
    return slices[0] ?? bytes;
  }
  return Buffer.concat(interleave(around, slices));
}

export function lengthOf({ ranges, around }: Pick<PartialContent, 'ranges' | 'around'>): number {
  return around?.length ?? ranges.reduce((sum, { length }) => sum + length, 0);
}

/** The body of `parts` from a file on disk. */
export function fileParts({ ranges, around }: PartialContent, fd: number, release: () => void): PartsBody {
  const slices = ranges.map(({ offset, length }): FilePart => ({ kind: 'file', fd, offset, length }));
  const length = lengthOf({ ranges, around });
  return { kind: 'parts', length, parts: around === undefined ? slices : interleave(around, slices), release };
}

function answerRange(
  representation: Representation,
  range: string,
  rule: RangeRule,
  { makeBoundary }: AnswerOptions,
): FileAnswer {
  const { size, fields } = representation;
  const choice = chooseRanges(range, size, rule);
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
          ? `${typeLine(representation)}Content-Range: ${renderContentRange(first, size)}\r\n`
          : `Content-Type: ${around.contentType}\r\n`;
      return {
        kind: 'parts',
        representation,
        parts: { head: responseHead(206, fields + own), ranges: choice.ranges, around },
      };
    }
  }
}

function typeLine({ contentType }: Representation): string {
  return contentType === '' ? '' : `Content-Type: ${contentType}\r\n`;
}

function interleave<T>({ heads, tail }: Byteranges, slices: readonly T[]): (T | Buffer)[] {
  return [...slices.flatMap((slice, index) => [heads[index] ?? tail, slice]), tail];
}
