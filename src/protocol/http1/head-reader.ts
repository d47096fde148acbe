/**
 * Reads the head of a message (RFC 9112 2.1): start line, fields, empty line. Both directions use it; they differ in the start
 * line alone.
 *
 * Heads on a connection repeat, so the bytes of the last one are kept and compared first: a comparison of a kilobyte costs less
 * than making it text. A head that comes in pieces is read again from its beginning whenever another line is complete, which
 * is bounded by the number of fields, and means that whatever way the bytes are cut, the first line at fault is the one reported.
 */

import { CR, LF } from '../http/grammar.ts';
import { withLineBreaks } from './bare-line-feeds.ts';
import type { Fault, FaultCode } from './faults.ts';
import { fault, isFault } from './faults.ts';
import type { FieldLine } from './field.ts';
import { ParsedBlock } from './field-block.ts';
import type { FieldMemo } from './field-memo.ts';
import { FieldSection } from './field-section.ts';
import { Input } from './input.ts';
import type { Http1Limits } from './limits.ts';
import { CONNECTION_MEMORY } from './limits.ts';

/** What differs between requests and responses. */
export interface StartLine<Line extends object> {
  /** The fault of a line that begins at `at` of `bytes` and is too long. */
  lineTooLong(bytes: Buffer, at: number): FaultCode;
  readonly emptyLinesMax: number;
  /** The first byte decides early: a TLS greeting is answered at once, not when the time for a head has run out. */
  badFirstByte(code: number): Fault | undefined;
  parse(line: string): Line | Fault;
}

const NO_FIELDS: readonly FieldLine[] = [];
/** How much of a chunk is made into text at first. Most heads are shorter, and the chunk may hold a body as well. */
const FIRST_WINDOW_BYTES = 4096;
/** Fewer bytes are compared in a loop: a call of Buffer's comparison takes as long as a loop over some hundreds. */
const CALL_BYTES_MIN = 256;
/** So much of a line that is refused goes into the log. */
const EXCERPT_BYTES = 100;
const EMPTY = Buffer.alloc(0);

export class HeadReader<Line extends object> {
  readonly #limits: Http1Limits;
  readonly #startLine: StartLine<Line>;
  readonly #section: FieldSection;
  #line: Line | undefined;
  #block: ParsedBlock | undefined;
  /** The bytes of the last head, if it was short enough to remember; `line` and `block` are then what they mean. */
  #last: Buffer = EMPTY;
  #lastLength = 0;
  #lastLineLength = 0;
  #emptyLines = 0;
  /** How many unread bytes were searched for a whole head in vain. */
  #searched = 0;
  /** … and of a head whose lines end with LF alone, from its first line on. */
  #searchedLoosely = 0;
  /** The head read last is byte for byte the one before. */
  isRepeated = false;

  constructor(startLine: StartLine<Line>, limits: Http1Limits, memo: FieldMemo | undefined) {
    this.#startLine = startLine;
    this.#limits = limits;
    this.#section = new FieldSection(memo, limits.fieldsMax);
  }

  /** The start line of the head read last, until `release`. */
  get line(): Line {
    return this.#line!;
  }

  get block(): ParsedBlock {
    return this.#block!;
  }

  /** The head read last was short enough to be kept, so that the next one can be compared with it. */
  get isRemembered(): boolean {
    return this.#lastLength > 0;
  }

  /** The head that is being read has lines that end with LF alone: it need not be read strictly again with each piece that comes. */
  get isLoose(): boolean {
    return this.#searchedLoosely > 0;
  }

  /** The caller has taken line and block. Those of a head that is too long to keep are let go, for the connection may now be idle for long. */
  release(): void {
    if (!this.isRemembered) {
      this.#line = undefined;
      this.#block = undefined;
    }
  }

  /** True: a head was read; false: more bytes are needed. */
  read(input: Input): boolean | Fault {
    const first = input.bytes[input.at]!;
    if (first === CR || first === LF) {
      const skipped = this.#skipEmptyLines(input);
      if (skipped !== true) {
        return skipped;
      }
    }
    const { bytes, at, end } = input;
    const length = this.#lastLength;
    if (length > 0 && end - at >= length && this.#isLast(bytes, at, 0, length)) {
      this.#finish(input, length);
      this.isRepeated = true;
      return true;
    }
    const lineLimit = Math.min(end, at + this.#limits.requestLineBytesMax + 2);
    let lf = at;
    while (lf < lineLimit && bytes[lf] !== LF) {
      lf += 1;
    }
    if (lf === lineLimit) {
      return this.#withoutLine(input);
    }
    const lineLength = lf + 1 - at;
    const sectionLength = length - this.#lastLineLength;
    if (
      length > 0 &&
      end - at >= lineLength + sectionLength &&
      this.#isLast(bytes, lf + 1, this.#lastLineLength, length)
    ) {
      return this.#readLine(input, lf) ?? this.#remember(input, lineLength, lineLength + sectionLength);
    }
    return this.#readWhole(input, lf);
  }

  /**
   * Reads a head that was refused for a line that ends with LF alone, as `withLineBreaks` has it. `begin`: where in the input it begins, before any
   * empty lines.
   */
  readLoosely(input: Input, begin: number): boolean | Fault {
    const { bytes, end } = input;
    let at = begin;
    while (at < end && at - begin < 2 * this.#startLine.emptyLinesMax && (bytes[at] === CR || bytes[at] === LF)) {
      at += 1;
    }
    input.at = at;
    const windowEnd = Math.min(end, at + this.#limits.headBytesMax);
    const whole = withLineBreaks(bytes, at, windowEnd, this.#searchedLoosely);
    if (whole === undefined) {
      this.#searched = 0;
      this.#searchedLoosely = windowEnd - at;
      return (
        this.#searchedLoosely === this.#limits.headBytesMax &&
        fault('http1.head-too-large', `more than ${windowEnd - at} bytes`)
      );
    }
    const strict = new Input();
    strict.feed(whole.head);
    this.#searched = 0;
    this.#searchedLoosely = 0;
    const result = this.read(strict);
    input.at = at + whole.length;
    return result;
  }

  /** Whether the bytes from `at` on are those of the last head from `from` to `to`. */
  #isLast(bytes: Buffer, at: number, from: number, to: number): boolean {
    const last = this.#last;
    if (to - from > CALL_BYTES_MIN) {
      return last.compare(bytes, at, at + to - from, from, to) === 0;
    }
    let index = from;
    while (index < to && last[index] === bytes[at + index - from]) {
      index += 1;
    }
    return index === to;
  }

  #skipEmptyLines(input: Input): boolean | Fault {
    const { bytes, end } = input;
    while (input.at < end && (bytes[input.at] === CR || bytes[input.at] === LF)) {
      if (bytes[input.at] === CR && input.at + 1 === end) {
        return false;
      }
      if (bytes[input.at] === LF || bytes[input.at + 1] !== LF) {
        return fault('http1.bare-line-break', 'a lone CR or LF where a message should begin');
      }
      if (this.#emptyLines === this.#startLine.emptyLinesMax) {
        return fault('http1.too-many-empty-lines', 'empty lines where a message should begin');
      }
      this.#emptyLines += 1;
      input.at += 2;
    }
    return input.at < end;
  }

  #withoutLine(input: Input): boolean | Fault {
    const { bytes, at, end } = input;
    const refused = this.#startLine.badFirstByte(bytes[at]!);
    if (refused !== undefined) {
      return refused;
    }
    const { requestLineBytesMax } = this.#limits;
    if (end - at < requestLineBytesMax + 2) {
      return false;
    }
    return fault(
      this.#startLine.lineTooLong(bytes, at),
      `more than ${requestLineBytesMax} bytes`,
      excerpt(bytes, at, end),
    );
  }

  /** Parses the start line that ends with the LF at `lf`. */
  #readLine(input: Input, lf: number): Fault | undefined {
    const { bytes, at } = input;
    const refused = this.#startLine.badFirstByte(bytes[at]!);
    if (refused !== undefined) {
      return refused;
    }
    if (bytes[lf - 1] !== CR) {
      return fault('http1.bare-line-break', 'LF without CR', excerpt(bytes, at, lf));
    }
    const line = this.#startLine.parse(bytes.latin1Slice(at, lf - 1));
    if (isFault(line)) {
      return line;
    }
    this.#line = line;
    return undefined;
  }

  #readWhole(input: Input, lf: number): boolean | Fault {
    const { bytes, at, end } = input;
    const searched = this.#searched;
    const windowEnd = Math.min(end, at + this.#limits.headBytesMax);
    this.#searched = windowEnd - at;
    if (searched === 0 || bytes.subarray(at + searched, windowEnd).includes(LF)) {
      const refused = this.#readLine(input, lf);
      if (refused !== undefined) {
        return refused;
      }
      const fields = this.#readFields(bytes, lf + 1, windowEnd);
      if (fields !== undefined) {
        return isFault(fields) ? fields : this.#take(input, fields, lf + 1 - at);
      }
    }
    return (
      windowEnd - at === this.#limits.headBytesMax && fault('http1.head-too-large', `more than ${windowEnd - at} bytes`)
    );
  }

  #readFields(bytes: Buffer, from: number, end: number): readonly FieldLine[] | Fault | undefined {
    const like = this.#block?.fields ?? NO_FIELDS;
    const short = Math.min(end, from + FIRST_WINDOW_BYTES);
    const fields = this.#section.read({ text: bytes.latin1Slice(from, short), bytes, base: from }, 0, like);
    if (fields !== undefined || short === end) {
      return fields;
    }
    return this.#section.read({ text: bytes.latin1Slice(from, end), bytes, base: from }, 0, like);
  }

  #take(input: Input, fields: readonly FieldLine[], lineLength: number): true {
    if (this.#block === undefined || fields !== this.#block.fields) {
      this.#block = new ParsedBlock(fields);
    }
    return this.#remember(input, lineLength, lineLength + this.#section.end);
  }

  #remember(input: Input, lineLength: number, length: number): true {
    if (length <= CONNECTION_MEMORY.headBytesMax) {
      if (this.#last.length < length) {
        this.#last = Buffer.allocUnsafeSlow(length + CONNECTION_MEMORY.spareBytes);
      }
      input.bytes.copy(this.#last, 0, input.at, input.at + length);
      this.#lastLength = length;
      this.#lastLineLength = lineLength;
    } else {
      this.#last = EMPTY;
      this.#lastLength = 0;
    }
    this.isRepeated = false;
    this.#finish(input, length);
    return true;
  }

  #finish(input: Input, length: number): void {
    input.at += length;
    this.#searched = 0;
    this.#emptyLines = 0;
  }
}

function excerpt(bytes: Buffer, from: number, to: number): string {
  return bytes.latin1Slice(from, Math.min(to, from + EXCERPT_BYTES));
}
