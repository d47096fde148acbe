/**
 * Reads the header of a client's frame (RFC 6455 5.2) a byte at a time, for it may be cut anywhere. Every rule is checked at the
 * byte that breaks it, so that nobody waits for the rest of something that is refused anyway.
 */

import type { FrameFault } from './frame-fault.ts';
import { frameFault } from './frame-fault.ts';
import { OPCODE } from './opcodes.ts';

export interface FrameHeaderRules {
  readonly messageBytesMax: number;
  /** RSV1 may be set on the first frame of a message. */
  readonly allowsCompressed: boolean;
}

/** What the next byte is. */
const STEP = { first: 0, second: 1, length: 2, key: 3, end: 4 } as const;
type Step = (typeof STEP)[keyof typeof STEP];

/** Of the 7 bits: the length follows in 2 or in 8 bytes. */
const LENGTH_16 = 126;
const KEY_BYTES = 4;

export class FrameHeaderReader {
  readonly #rules: FrameHeaderRules;
  #step: Step = STEP.first;
  #isInMessage = false;
  #messageBytes = 0;
  #lengthBytes = 0;
  /** Of the length, or of the key, still to come. */
  #bytesLeft = 0;

  /** The frame, once `isComplete`. */
  opcode = 0;
  isFinal = false;
  isCompressed = false;
  /** Of the payload. */
  length = 0;
  /** As `unmask` wants it. */
  key = 0;
  /** Set once a rule was broken: the rest means nothing. */
  fault: FrameFault | undefined;

  constructor(rules: FrameHeaderRules) {
    this.#rules = rules;
  }

  get isComplete(): boolean {
    return this.#step === STEP.end;
  }

  get isControl(): boolean {
    return this.opcode >= OPCODE.close;
  }

  /** Another frame follows. If a message has begun and not ended, `messageBytes` are what its fragments have so far. */
  start(isInMessage: boolean, messageBytes: number): void {
    this.#step = STEP.first;
    this.#isInMessage = isInMessage;
    this.#messageBytes = messageBytes;
  }

  /** Reads from `at` on, to the end of the header, of the chunk, or of what is allowed. Returns the offset behind. */
  read(chunk: Buffer, at: number): number {
    let next = at;
    while (next < chunk.length && this.#step !== STEP.end && this.fault === undefined) {
      this.fault = this.#take(chunk[next]!);
      next += 1;
    }
    return next;
  }

  #take(byte: number): FrameFault | undefined {
    switch (this.#step) {
      case STEP.first:
        return this.#takeFirst(byte);
      case STEP.second:
        return this.#takeSecond(byte);
      case STEP.length:
        return this.#takeLength(byte);
      default:
        this.key = (this.key >>> 8) | (byte << 24);
        this.#bytesLeft -= 1;
        this.#step = this.#bytesLeft === 0 ? STEP.end : STEP.key;
        return undefined;
    }
  }

  /** FIN, RSV1 to RSV3, opcode. */
  #takeFirst(byte: number): FrameFault | undefined {
    this.#step = STEP.second;
    this.isFinal = (byte & 0x80) !== 0;
    this.isCompressed = (byte & 0x40) !== 0;
    this.opcode = byte & 0x0f;
    if ((byte & 0x30) !== 0) {
      return frameFault(1002, 'a reserved bit is set');
    }
    const startsMessage = this.opcode === OPCODE.text || this.opcode === OPCODE.binary;
    if (this.isCompressed && !(startsMessage && this.#rules.allowsCompressed)) {
      return frameFault(1002, 'RSV1 where nothing gives it a meaning');
    }
    if (startsMessage) {
      return this.#isInMessage ? frameFault(1002, 'a message inside another') : undefined;
    }
    switch (this.opcode) {
      case OPCODE.continuation:
        return this.#isInMessage ? undefined : frameFault(1002, 'a continuation of nothing');
      case OPCODE.close:
      case OPCODE.ping:
      case OPCODE.pong:
        return this.isFinal ? undefined : frameFault(1002, 'a fragmented control frame');
      default:
        return frameFault(1002, 'an unknown opcode');
    }
  }

  /** MASK and 7 bits of the length. */
  #takeSecond(byte: number): FrameFault | undefined {
    if ((byte & 0x80) === 0) {
      return frameFault(1002, 'a frame that is not masked');
    }
    const length = byte & 0x7f;
    if (length < LENGTH_16) {
      return this.#endLength(length);
    }
    if (this.isControl) {
      return frameFault(1002, 'a control frame of more than 125 bytes');
    }
    this.length = 0;
    this.#lengthBytes = length === LENGTH_16 ? 2 : 8;
    this.#bytesLeft = this.#lengthBytes;
    this.#step = STEP.length;
    return undefined;
  }

  #takeLength(byte: number): FrameFault | undefined {
    if (this.#bytesLeft === 8 && byte >= 0x80) {
      return frameFault(1002, 'a length of 64 bits');
    }
    // Beyond 2^53 this is not exact, and far beyond any limit.
    this.length = this.length * 256 + byte;
    this.#bytesLeft -= 1;
    if (this.#bytesLeft > 0) {
      return undefined;
    }
    if (this.length < (this.#lengthBytes === 2 ? LENGTH_16 : 0x1_0000)) {
      return frameFault(1002, 'a length in more bytes than it needs');
    }
    return this.#endLength(this.length);
  }

  #endLength(length: number): FrameFault | undefined {
    this.length = length;
    this.#bytesLeft = KEY_BYTES;
    this.#step = STEP.key;
    const { messageBytesMax } = this.#rules;
    return !this.isControl && this.#messageBytes + length > messageBytesMax
      ? frameFault(1009, `a message of more than ${messageBytesMax} bytes`)
      : undefined;
  }
}
