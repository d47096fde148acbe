/**
 * The server's side of the framing (RFC 6455 5): a client's bytes in, messages and control frames out. It knows no socket and no
 * time, inflates nothing, and answers nothing. What could be read in two ways is a fault with its close code; after a fault or a
 * close nothing more comes.
 *
 * A fed chunk is borrowed, and nothing of it is kept unasked: payload is copied and unmasked where it arrives, into memory of the
 * message; of a header that is cut only its numbers so far are held.
 */

import { isUtf8 } from 'node:buffer';
import { CLOSE_CODE, isCloseCode } from './close-codes.ts';
import type { FrameFault } from './frame-fault.ts';
import { frameFault } from './frame-fault.ts';
import { FrameHeaderReader } from './frame-header-reader.ts';
import { WEBSOCKET_LIMITS } from './limits.ts';
import { MessageBuffer } from './message-buffer.ts';
import { OPCODE } from './opcodes.ts';
import { turnKey } from './unmask.ts';
import { utf8PrefixEnd } from './utf8-prefix.ts';

export type { FrameFault };

export interface FrameParserOptions {
  /** The longest message, all its fragments together; compressed fragments are counted as they come. */
  readonly messageBytesMax?: number;
  /** permessage-deflate was agreed: a message may have RSV1. */
  readonly allowsCompressed?: boolean;
}

/** A whole message. `data` is memory of its own. */
export interface FrameMessage {
  readonly kind: 'message';
  /** Text that is not compressed is valid UTF-8; of what is compressed nothing is known yet. */
  readonly isText: boolean;
  readonly isCompressed: boolean;
  readonly data: Buffer;
}

export interface FrameClose {
  readonly kind: 'close';
  /** 1005 if the frame has none. */
  readonly code: number;
  readonly reason: string;
}

/** `data` is at most 125 bytes. */
export interface FramePing {
  readonly kind: 'ping' | 'pong';
  readonly data: Buffer;
}

/** A short fragment of a message that is not whole. It means nothing to the application, but has cost time, which the session limits. */
export interface FrameFragment {
  readonly kind: 'fragment';
}

/** A message is about to be longer than `largeBytes`. Nothing more is read until `allowLarge`. `bytes`: its length, or Infinity if no frame has told it. */
export interface FrameLarge {
  readonly kind: 'large';
  readonly bytes: number;
}

export type FrameEvent = FrameMessage | FramePing | FrameClose | FrameFragment | FrameLarge | FrameFault;

const FRAGMENT: FrameFragment = { kind: 'fragment' };

const NOTHING = Buffer.alloc(0);

export class FrameParser {
  readonly #header: FrameHeaderReader;
  /** Before a longer message is read, the parser gives a `large` event. */
  largeBytes: number = Infinity;
  #mayBeLarge = false;
  #chunk: Buffer = NOTHING;
  #at = 0;
  #isDead = false;

  /** How much of the frame's payload is still to come, and the key to unmask it. */
  #left = 0;
  #key = 0;

  /** The message that is being read; OPCODE.continuation between messages. */
  #messageOpcode: number = OPCODE.continuation;
  #isCompressed = false;
  readonly #message = new MessageBuffer();
  /** Bytes of a text known to be whole characters. */
  #textEnd = 0;
  /** The payload of a control frame, which may come between the fragments of a message. */
  readonly #control = new MessageBuffer();

  constructor({
    messageBytesMax = WEBSOCKET_LIMITS.messageBytesMax,
    allowsCompressed = false,
  }: FrameParserOptions = {}) {
    this.#header = new FrameHeaderReader({ messageBytesMax, allowsCompressed });
  }

  /** `chunk` is borrowed until `next` returns undefined, or `keep` is called. */
  feed(chunk: Buffer): void {
    if (!this.#isDead) {
      this.#chunk = this.bufferedBytes === 0 ? chunk : Buffer.concat([this.#chunk.subarray(this.#at), chunk]);
      this.#at = 0;
    }
  }

  /** Bytes that were fed and not read will be read later, so they are copied. */
  keep(): void {
    this.#chunk = this.bufferedBytes === 0 ? NOTHING : Buffer.from(this.#chunk.subarray(this.#at));
    this.#at = 0;
  }

  /** Bytes that were fed and not read. */
  get bufferedBytes(): number {
    return this.#chunk.length - this.#at;
  }

  /** The next event, or undefined when more bytes are needed or the connection has ended. */
  next(): FrameEvent | undefined {
    while (!this.#isDead && (this.#header.isComplete || this.#readHeader())) {
      const event = this.#header.fault ?? this.#checkLarge() ?? this.#readPayload();
      if (event !== undefined) {
        if (event.kind === 'fault' || event.kind === 'close') {
          this.#die();
        }
        return event;
      }
      if (this.#left > 0) {
        break;
      }
    }
    this.keep();
    return undefined;
  }

  /** The message of the last `large` event may be read. */
  allowLarge(): void {
    this.#mayBeLarge = true;
  }

  get mayBeLarge(): boolean {
    return this.#mayBeLarge;
  }

  /** Before the rest of an allowed message is read, there is another `large` event for it. */
  askAgain(): void {
    this.#mayBeLarge = false;
  }

  /** Bytes held of a message that is not whole. */
  get messageBytes(): number {
    return this.#message.length;
  }

  #checkLarge(): FrameLarge | undefined {
    const { isControl, isFinal } = this.#header;
    const bytes = this.#message.length + this.#left;
    return isControl || this.#mayBeLarge || bytes <= this.largeBytes
      ? undefined
      : { kind: 'large', bytes: isFinal && !this.#isCompressed ? bytes : Infinity };
  }

  #die(): void {
    this.#isDead = true;
    this.#chunk = NOTHING;
    this.#at = 0;
    this.#message.take();
    this.#control.take();
  }

  /** False when more bytes are needed. */
  #readHeader(): boolean {
    const header = this.#header;
    this.#at = header.read(this.#chunk, this.#at);
    if (!header.isComplete) {
      return header.fault !== undefined;
    }
    this.#left = header.length;
    this.#key = header.key;
    if (header.opcode === OPCODE.text || header.opcode === OPCODE.binary) {
      this.#messageOpcode = header.opcode;
      this.#isCompressed = header.isCompressed;
      this.#textEnd = 0;
    }
    return true;
  }

  /** Takes as much of the payload as is there; gives an event if that completes something, or shows a fault. */
  #readPayload(): FrameEvent | undefined {
    const { isControl, isFinal } = this.#header;
    const from = this.#at;
    const to = Math.min(this.#chunk.length, from + this.#left);
    if (to > from) {
      this.#left -= to - from;
      this.#at = to;
      const more = isFinal ? this.#left : Number.POSITIVE_INFINITY;
      (isControl ? this.#control : this.#message).append(this.#chunk, from, to, this.#key, more);
      this.#key = turnKey(this.#key, to - from);
    }
    if (this.#left > 0) {
      return isControl ? undefined : this.#checkText();
    }
    const event = isControl ? this.#endControl() : isFinal ? this.#endMessage() : this.#endFragment();
    this.#header.start(this.#messageOpcode !== OPCODE.continuation, this.#message.length);
    return event;
  }

  /** Fails as early as it can: a client whose text is not UTF-8 is told before it has sent megabytes. */
  #checkText(): FrameFault | undefined {
    const { bytes, length } = this.#message;
    if (this.#messageOpcode !== OPCODE.text || this.#isCompressed || this.#textEnd === length) {
      return undefined;
    }
    this.#textEnd = utf8PrefixEnd(bytes, this.#textEnd, length);
    return this.#textEnd === -1 ? frameFault(1007, 'text that is not UTF-8') : undefined;
  }

  #endFragment(): FrameFragment | FrameFault | undefined {
    const fault = this.#checkText();
    return fault ?? (this.#header.length < WEBSOCKET_LIMITS.shortFragmentBytes ? FRAGMENT : undefined);
  }

  #endMessage(): FrameMessage | FrameFault {
    const isText = this.#messageOpcode === OPCODE.text;
    const isCompressed = this.#isCompressed;
    const data = this.#message.take();
    this.#mayBeLarge = false;
    this.#messageOpcode = OPCODE.continuation;
    if (isText && !isCompressed && !isUtf8(this.#textEnd === 0 ? data : data.subarray(this.#textEnd))) {
      return frameFault(1007, 'text that is not UTF-8');
    }
    return { kind: 'message', isText, isCompressed, data };
  }

  #endControl(): FramePing | FrameClose | FrameFault {
    const { opcode } = this.#header;
    const data = this.#control.take();
    if (opcode === OPCODE.close) {
      return readClose(data);
    }
    return { kind: opcode === OPCODE.ping ? 'ping' : 'pong', data };
  }
}

/** RFC 6455 5.5.1: nothing, or a code and a reason. */
function readClose(data: Buffer): FrameClose | FrameFault {
  if (data.length === 0) {
    return { kind: 'close', code: CLOSE_CODE.none, reason: '' };
  }
  const code = data.length === 1 ? 0 : data.readUInt16BE(0);
  if (!isCloseCode(code)) {
    return frameFault(
      1002,
      data.length === 1 ? 'a close code of one byte' : `a close code that means nothing: ${code}`,
    );
  }
  const reason = data.subarray(2);
  if (!isUtf8(reason)) {
    return frameFault(1007, 'a close reason that is not UTF-8');
  }
  return { kind: 'close', code, reason: reason.utf8Slice() };
}
