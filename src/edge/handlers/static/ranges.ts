/** The Range field, RFC 9110 14: which bytes of a representation of a known size to send. */

import { STATIC_LIMITS } from './limits.ts';

/** How a Range is honoured. */
export interface RangeRule {
  /** A request for more gets the whole file. 0: there are no ranges, and none are offered. */
  readonly countMax: number;
  /** Ranges are read as nginx reads them, and what is malformed is refused with 416. Otherwise it is ignored, as RFC 9110 14.2 allows: a client that errs still gets the file. */
  readonly refusesMalformed: boolean;
  /** Ranges that overlap are joined. Otherwise they are sent as they are, unless they are longer than the file together. */
  readonly joins: boolean;
  /** HEAD is answered as GET would be. RFC 9110 14.2 has ranges for GET alone. */
  readonly holdsForHead: boolean;
}

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export type RangeChoice =
  /** Range is absent, not understood or not worth honouring: 200. */
  | { readonly kind: 'whole' }
  /** One or more ranges: 206. */
  | { readonly kind: 'parts'; readonly ranges: readonly [ByteRange, ...ByteRange[]] }
  /** 416. */
  | { readonly kind: 'unsatisfiable' };

const WHOLE: RangeChoice = { kind: 'whole' };
const UNSATISFIABLE: RangeChoice = { kind: 'unsatisfiable' };

const FROM_BEGINNING = /^[\t ]*(?:0+-|-)/;

/** `int-range` and `suffix-range` of RFC 9110 14.1.1. */
const RANGE_SPEC = /^[\t ]*(\d*)-(\d*)[\t ]*$/;
/** What nginx reads beside it: spaces around the hyphen. */
const SPACED_SPEC = /^ *(?:(\d+) *- *|-)(\d*) *$/;
/** More does not fit into what nginx counts in. */
const LARGEST = 2 ** 63;

export function chooseRanges(field: string, size: number, rule: RangeRule): RangeChoice {
  if (!/^bytes=./i.test(field) || rule.countMax === 0) {
    return WHOLE;
  }
  const ranges: ByteRange[] = [];
  let specCount = 0;
  for (const text of field.slice('bytes='.length).split(',')) {
    // Empty list members are allowed, RFC 9110 5.6.1.2.
    if (/^[\t ]*$/.test(text)) {
      continue;
    }
    specCount += 1;
    const range = parseRange(text, size, rule);
    if (range === 'invalid') {
      return rule.refusesMalformed ? UNSATISFIABLE : WHOLE;
    }
    if (range !== 'unsatisfiable') {
      ranges.push(range);
    } else if (size === 0 && rule.refusesMalformed && FROM_BEGINNING.test(text)) {
      // Of an empty file nginx takes this for all of it.
      return WHOLE;
    }
    if (ranges.length > rule.countMax || specCount > STATIC_LIMITS.rangesMax) {
      return WHOLE;
    }
  }
  return chooseAmong(ranges, specCount, size, rule);
}

function chooseAmong(ranges: readonly ByteRange[], specCount: number, size: number, rule: RangeRule): RangeChoice {
  const [first, ...rest] = rule.joins ? coalesce(ranges) : ranges;
  if (first === undefined) {
    return specCount === 0 && !rule.refusesMalformed ? WHOLE : UNSATISFIABLE;
  }
  const isMore = rest.length > 0 && ranges.reduce((sum, { length }) => sum + length, 0) > size;
  // A suffix of an empty file is satisfiable (14.1.2), but no Content-Range could say so.
  return first.length === 0 || (isMore && !rule.joins) ? WHOLE : { kind: 'parts', ranges: [first, ...rest] };
}

function parseRange(
  text: string,
  size: number,
  { refusesMalformed }: RangeRule,
): ByteRange | 'invalid' | 'unsatisfiable' {
  const spec = (refusesMalformed ? SPACED_SPEC : RANGE_SPEC).exec(text);
  const [, from = '', to = ''] = spec ?? [];
  if (spec === null || (from === '' && to === '')) {
    return 'invalid';
  }
  if (refusesMalformed && (Number(from) >= LARGEST || Number(to) >= LARGEST)) {
    return 'invalid';
  }
  // Digits beyond 2^53 lose precision, but then they are beyond any size too.
  if (from === '') {
    const length = Math.min(Number(to), size);
    return Number(to) === 0 ? 'unsatisfiable' : { offset: size - length, length };
  }
  const offset = Number(from);
  if (to !== '' && Number(to) < offset) {
    return refusesMalformed ? 'unsatisfiable' : 'invalid';
  }
  if (offset >= size) {
    return 'unsatisfiable';
  }
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return { offset, length: last - offset + 1 };
}

/**
 * Ranges that overlap are joined, so that a small request never asks for a file many times over (RFC 9110 17.15). Those that do not are
 * sent in the order they were asked for (15.3.7.2).
 */
function coalesce(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const joined: ByteRange[] = [];
  for (const range of ranges.toSorted((one, other) => one.offset - other.offset)) {
    const last = joined.at(-1);
    if (last !== undefined && range.offset < last.offset + last.length) {
      const end = Math.max(last.offset + last.length, range.offset + range.length);
      joined[joined.length - 1] = { offset: last.offset, length: end - last.offset };
    } else {
      joined.push(range);
    }
  }
  return joined.length === ranges.length ? ranges : joined;
}
