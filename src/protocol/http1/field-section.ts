/**
 * Reads the field section of a head or of trailers (RFC 9112 5), line by line, from the text of what has arrived so far.
 *
 * A connection's heads resemble each other, so each line is first compared with the line in the same place of the head before;
 * then it is looked up among the lines the thread has seen; only then is it parsed.
 */

import { CR, isSpace, LF } from '../http/grammar.ts';
import type { Fault } from './faults.ts';
import { fault, isFault } from './faults.ts';
import type { FieldLine } from './field.ts';
import { parseFieldLine } from './field.ts';
import type { FieldMemo } from './field-memo.ts';
import { FIELD_MEMO_LIMITS } from './limits.ts';

const COLON = 0x3a;
const LOWER_C = 0x63;
const COOKIE_LENGTH = 6;
const NONE: readonly FieldLine[] = [];

/** `text` begins at `base` of `bytes`. */
export interface SectionText {
  readonly text: string;
  readonly bytes: Buffer;
  readonly base: number;
}

export class FieldSection {
  readonly #memo: FieldMemo | undefined;
  readonly #fieldsMax: number;
  /** Where in the text the section ended, once `read` has returned fields. */
  end = 0;

  constructor(memo: FieldMemo | undefined, fieldsMax: number) {
    this.#memo = memo;
    this.#fieldsMax = fieldsMax;
  }

  /**
   * The lines from `from` to the empty line; undefined when that has not arrived. `like` are the lines to expect: if they are
   * what comes, they are returned themselves.
   */
  read(source: SectionText, from: number, like: readonly FieldLine[] = NONE): readonly FieldLine[] | Fault | undefined {
    const { text } = source;
    const fields: FieldLine[] = [];
    let at = from;
    let expected = 0;
    let isLike = true;
    for (;;) {
      const hint = like[expected];
      if (hint !== undefined && fields.length < this.#fieldsMax && startsWithLine(text, at, hint.line)) {
        fields.push(hint);
        expected += 1;
        at += hint.line.length + 2;
        continue;
      }
      const lf = text.indexOf('\n', at);
      if (lf === -1) {
        return undefined;
      }
      if (text.charCodeAt(lf - 1) !== CR || lf === at) {
        return fault('http1.bare-line-break', 'LF without CR', text.slice(at, lf));
      }
      if (lf - 1 === at) {
        this.end = lf + 1;
        return isLike && expected === like.length ? like : fields;
      }
      const field = this.#readLine(source, at, lf - 1, fields.length);
      if (isFault(field)) {
        return field;
      }
      fields.push(field);
      isLike = false;
      expected = resume(like, expected, field);
      at = lf + 1;
    }
  }

  #readLine(source: SectionText, at: number, end: number, count: number): FieldLine | Fault {
    const known = this.#recall(source.text, at, end);
    if (known !== undefined && count < this.#fieldsMax) {
      return known;
    }
    if (count === 0 && isSpace(source.text.charCodeAt(at))) {
      // RFC 9112 2.2: a reader that skips the line sees another message than one that does not.
      return fault('http1.leading-space', 'whitespace before the first field', source.text.slice(at, end));
    }
    if (count === this.#fieldsMax) {
      return fault('http1.too-many-fields', `more than ${count} fields`);
    }
    const field = parseFieldLine(source.bytes, source.base + at, source.base + end);
    if (!isFault(field)) {
      this.#memo?.add(field);
    }
    return field;
  }

  #recall(text: string, at: number, end: number): FieldLine | undefined {
    if (this.#memo === undefined || end - at > FIELD_MEMO_LIMITS.lineBytesMax || mayBeCookie(text, at)) {
      return undefined;
    }
    return this.#memo.get(text.slice(at, end));
  }
}

/** Cookies differ each time and are never in the memo: looking for one costs as much as parsing it. */
function mayBeCookie(text: string, at: number): boolean {
  return text.charCodeAt(at + COOKIE_LENGTH) === COLON && (text.charCodeAt(at) | 0x20) === LOWER_C;
}

function startsWithLine(text: string, at: number, line: string): boolean {
  const end = at + line.length;
  return text.charCodeAt(end + 1) === LF && text.charCodeAt(end) === CR && text.slice(at, end) === line;
}

/** Which line to expect after `field` came instead of `like[expected]`: was one replaced, left out, or put in? */
function resume(like: readonly FieldLine[], expected: number, field: FieldLine): number {
  const { lower } = field;
  if (like[expected]?.lower === lower) {
    return expected + 1;
  }
  return like[expected + 1]?.lower === lower ? expected + 2 : expected;
}
