/**
 * Reads a body by its framing (RFC 9112 6 and 7.1). Data events are borrowed until the next call. Most are views of what was fed: an upload is not copied here.
 * Small chunks are copied: all that one feeding brought of them is one event. Each event costs its receiver something, and a client that sends chunks of one
 * byte would make eleven thousand events of 64 KiB.
 */

import { TOKEN } from '../../kernel/token.ts';
import { CR, isSpace, LF } from '../http/grammar.ts';
import type { Fault } from './faults.ts';
import { fault, isFault } from './faults.ts';
import type { FieldMemo } from './field-memo.ts';
import { FieldSection } from './field-section.ts';
import type { Input } from './input.ts';
import type { Http1Limits } from './limits.ts';
import { keepTrailers } from './trailers.ts';
import type { BodyEvent, BodyFraming } from './types.ts';

const END: BodyEvent = { kind: 'end', trailers: [] };

const STEP = { data: 0, untilClose: 1, chunkSize: 2, chunkData: 3, chunkEnd: 4, trailers: 5 } as const;
type Step = (typeof STEP)[keyof typeof STEP];

/** A chunk's size line was read, or what stands in its way. */
type LineResult = 'read' | 'wait' | Fault;

/** -1 for what is not a hexadecimal digit. */
const HEX: Int8Array = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16);
  HEX[digit.charCodeAt(0)] = value;
  HEX[digit.toUpperCase().charCodeAt(0)] = value;
}

/** RFC 9112 7.1.1 */
const QUOTED = String.raw`"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"`;
const CHUNK_EXTENSION = new RegExp(`^(?:[\\t ]*;[\\t ]*${TOKEN}(?:[\\t ]*=[\\t ]*(?:${TOKEN}|${QUOTED}))?)+$`);

const SEMICOLON = 0x3b;

/** A chunk of at least this is an event of its own: handing it on costs little beside copying it. */
const LARGE_CHUNK_BYTES = 4096;
/** Where small chunks are joined. One for the whole thread: the event is borrowed only until the next call of any reader. */
const JOINED = Buffer.allocUnsafeSlow(65_536);

export class BodyReader {
  readonly #limits: Http1Limits;
  readonly #trailerSection: FieldSection;
  #step: Step = STEP.data;
  /** Bytes still to come of the body or of the chunk. */
  #left = 0;
  #extensionBytes = 0;
  /** How many of the unread bytes are known to hold no LF. */
  #scanned = 0;
  /** Bytes in JOINED, during one call. */
  #joinedBytes = 0;

  constructor(limits: Http1Limits, memo: FieldMemo | undefined) {
    this.#limits = limits;
    this.#trailerSection = new FieldSection(memo, limits.trailersMax);
  }

  start(framing: BodyFraming): void {
    this.#left = framing.kind === 'length' ? framing.bytes : 0;
    this.#extensionBytes = 0;
    this.#scanned = 0;
    if (framing.kind === 'length') {
      this.#step = STEP.data;
    } else {
      this.#step = framing.kind === 'chunked' ? STEP.chunkSize : STEP.untilClose;
    }
  }

  get isUntilClose(): boolean {
    return this.#step === STEP.untilClose;
  }

  next(input: Input): BodyEvent | undefined {
    switch (this.#step) {
      case STEP.data:
        return this.#left === 0 ? END : this.#takeData(input);
      case STEP.untilClose:
        return input.length === 0 ? undefined : { kind: 'data', bytes: input.take(input.length) };
      case STEP.trailers:
        return this.#readTrailers(input);
      default:
        return this.#readChunks(input);
    }
  }

  /** Reads on for as long as small chunks can be joined. Whatever ends that is left to the next call. */
  #readChunks(input: Input): BodyEvent | undefined {
    this.#joinedBytes = 0;
    for (;;) {
      if (this.#step === STEP.chunkData) {
        if (this.#left === 0) {
          this.#step = STEP.chunkEnd;
        } else if (!this.#join(input)) {
          return this.#takeJoined() ?? this.#takeData(input);
        }
      } else if (this.#step === STEP.trailers) {
        return this.#takeJoined() ?? this.#readTrailers(input);
      } else {
        // A size line that is not whole yet, or is refused, is read again by the next call.
        const result = this.#step === STEP.chunkSize ? this.#readSizeLine(input) : this.#readChunkEnd(input);
        if (result !== 'read') {
          return this.#takeJoined() ?? (result === 'wait' ? undefined : { kind: 'fault', fault: result });
        }
      }
    }
  }

  /** Adds what is there of a small chunk to JOINED. False if there is nothing, no room, or the chunk is large. */
  #join(input: Input): boolean {
    const from = input.at;
    const bytes = Math.min(this.#left, input.end - from);
    if (bytes === 0 || bytes >= LARGE_CHUNK_BYTES || this.#joinedBytes + bytes > JOINED.length) {
      return false;
    }
    if (bytes === 1) {
      JOINED[this.#joinedBytes] = input.bytes[from]!;
    } else {
      input.bytes.copy(JOINED, this.#joinedBytes, from, from + bytes);
    }
    input.at = from + bytes;
    this.#left -= bytes;
    this.#joinedBytes += bytes;
    return true;
  }

  #takeJoined(): BodyEvent | undefined {
    return this.#joinedBytes === 0 ? undefined : { kind: 'data', bytes: JOINED.subarray(0, this.#joinedBytes) };
  }

  /** Whether the end of the body, or a fault in it, is among the unread bytes. They stay unread. */
  holdsEnd(input: Input): boolean {
    const { at } = input;
    const state = [this.#step, this.#left, this.#extensionBytes, this.#scanned] as const;
    let event = this.next(input);
    while (event?.kind === 'data') {
      event = this.next(input);
    }
    [this.#step, this.#left, this.#extensionBytes, this.#scanned] = state;
    input.at = at;
    return event !== undefined;
  }

  #takeData(input: Input): BodyEvent | undefined {
    if (input.length === 0) {
      return undefined;
    }
    const bytes = input.take(this.#left);
    this.#left -= bytes.length;
    return { kind: 'data', bytes };
  }

  #readSizeLine(input: Input): LineResult {
    const { bytes, end } = input;
    let at = input.at;
    let size = 0;
    for (; at < end && HEX[bytes[at]!]! >= 0; at += 1) {
      size = size * 16 + HEX[bytes[at]!]!;
      if (at - input.at === this.#limits.chunkSizeDigitsMax || size > Number.MAX_SAFE_INTEGER) {
        return fault('http1.bad-chunk-size', 'chunk size out of range');
      }
    }
    if (at === end) {
      return 'wait';
    }
    const code = bytes[at]!;
    if (at === input.at || !(code === CR || code === LF || code === SEMICOLON || isSpace(code))) {
      return fault('http1.bad-chunk-size', 'not a chunk size', bytes.latin1Slice(input.at, Math.min(end, at + 16)));
    }
    const after = this.#readLineRest(input, at);
    if (typeof after !== 'number') {
      return after;
    }
    input.at = after;
    this.#left = size;
    this.#scanned = 0;
    this.#step = size === 0 ? STEP.trailers : STEP.chunkData;
    return 'read';
  }

  /** From the end of the digits to the end of the line. */
  #readLineRest(input: Input, from: number): number | 'wait' | Fault {
    const { bytes, end } = input;
    if (bytes[from] !== CR) {
      return this.#readExtension(input, from);
    }
    if (end === from + 1) {
      return 'wait';
    }
    return bytes[from + 1] === LF ? from + 2 : bareBreak();
  }

  /** Extensions are checked and forgotten (RFC 9112 7.1.1), so that no line end can hide in one. */
  #readExtension(input: Input, from: number): number | 'wait' | Fault {
    const { bytes, end } = input;
    // The line end is not charged.
    const lineEnd = from + this.#limits.chunkExtensionBytesMax - this.#extensionBytes + 2;
    const last = Math.min(end, lineEnd);
    let lf = Math.max(from, input.at + this.#scanned);
    while (lf < last && bytes[lf] !== LF) {
      lf += 1;
    }
    if (lf === last) {
      this.#scanned = lf - input.at;
      return lf < lineEnd
        ? 'wait'
        : fault('http1.chunk-extensions-too-large', 'more chunk extensions than a body may have');
    }
    if (lf === from || bytes[lf - 1] !== CR) {
      return bareBreak();
    }
    const extension = bytes.latin1Slice(from, lf - 1);
    if (!CHUNK_EXTENSION.test(extension)) {
      return extension.includes('\r')
        ? bareBreak()
        : fault('http1.bad-chunk-extension', 'malformed chunk extension', extension);
    }
    this.#extensionBytes += extension.length;
    return lf + 1;
  }

  /** RFC 9112 7.1: chunk-data is followed by CRLF; anything else means that the two sides disagree about its size. */
  #readChunkEnd(input: Input): LineResult {
    const { bytes, at, end } = input;
    if (at === end) {
      return 'wait';
    }
    if (bytes[at] !== CR || (end > at + 1 && bytes[at + 1] !== LF)) {
      return fault('http1.bad-chunk-end', 'no CRLF after the data of a chunk');
    }
    if (end === at + 1) {
      return 'wait';
    }
    input.at = at + 2;
    this.#step = STEP.chunkSize;
    return 'read';
  }

  #readTrailers(input: Input): BodyEvent | undefined {
    const { bytes, at, end } = input;
    if (bytes[at] === CR && end > at + 1 && bytes[at + 1] === LF) {
      input.at = at + 2;
      return END;
    }
    const max = this.#limits.trailerBytesMax;
    const window = Math.min(end, at + max);
    const hasLine = bytes.subarray(at + this.#scanned, window).includes(LF);
    this.#scanned = window - at;
    if (hasLine) {
      const text = bytes.latin1Slice(at, window);
      const fields = this.#trailerSection.read({ text, bytes, base: at }, 0);
      if (fields !== undefined) {
        return isFault(fields) ? { kind: 'fault', fault: fields } : this.#endWith(input, keepTrailers(fields));
      }
    }
    return window - at === max
      ? { kind: 'fault', fault: fault('http1.trailers-too-large', `more than ${max} bytes of trailers`) }
      : undefined;
  }

  #endWith(input: Input, trailers: ReturnType<typeof keepTrailers>): BodyEvent {
    if (isFault(trailers)) {
      return { kind: 'fault', fault: trailers };
    }
    input.at += this.#trailerSection.end;
    return { kind: 'end', trailers };
  }
}

function bareBreak(): Fault {
  return fault('http1.bare-line-break', 'a lone CR or LF after a chunk size');
}
