/** Frames as a server sends them: unmasked (RFC 6455 5.1, 5.2). */

import { CLOSE_CODE, isCloseCode } from './close-codes.ts';
import { WEBSOCKET_LIMITS } from './limits.ts';
import type { Opcode } from './opcodes.ts';
import { OPCODE } from './opcodes.ts';

export interface FrameHeader {
  readonly opcode: Opcode;
  /** Of the payload. */
  readonly length: number;
  /** The last frame of a message; true unless said otherwise. */
  readonly isFinal?: boolean;
  /** RSV1 (RFC 7692 6): only on the first frame of a message. */
  readonly isCompressed?: boolean;
}

const FIN = 0x80;
const RSV1 = 0x40;
/** Of the 7 bits: the length follows in 2 or in 8 bytes. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const NOTHING = Buffer.alloc(0);

/** Bytes of the header in front of `length` bytes of payload. */
export function frameHeaderBytes(length: number): number {
  return length < LENGTH_16 ? 2 : length <= 0xffff ? 4 : 10;
}

/** Writes the header at `at`; returns the offset behind it. */
export function writeFrameHeader(into: Buffer, at: number, header: FrameHeader): number {
  const { length } = header;
  into[at] = firstByte(header);
  if (length < LENGTH_16) {
    into[at + 1] = length;
    return at + 2;
  }
  if (length <= 0xffff) {
    into[at + 1] = LENGTH_16;
    return into.writeUInt16BE(length, at + 2);
  }
  into[at + 1] = LENGTH_64;
  into.writeUInt32BE(Math.floor(length / 0x1_0000_0000), at + 2);
  return into.writeUInt32BE(length >>> 0, at + 6);
}

/** The header alone, to be sent in front of a payload that is too long to copy. */
export function renderFrameHeader(header: FrameHeader): Buffer {
  const bytes = Buffer.allocUnsafe(frameHeaderBytes(header.length));
  writeFrameHeader(bytes, 0, header);
  return bytes;
}

/** The same as latin-1 text: what is short is sent as text, which needs no memory outside of the heap. */
export function renderFrameHeaderText(header: FrameHeader): string {
  const { length } = header;
  return length < LENGTH_16 ? String.fromCharCode(firstByte(header), length) : renderFrameHeader(header).latin1Slice();
}

function firstByte({ opcode, isFinal = true, isCompressed = false }: FrameHeader): number {
  return opcode | (isFinal ? FIN : 0) | (isCompressed ? RSV1 : 0);
}

/** A frame of one buffer. */
export function renderFrame(header: Omit<FrameHeader, 'length'>, payload: Buffer): Buffer {
  const { length } = payload;
  const frame = Buffer.allocUnsafe(frameHeaderBytes(length) + length);
  payload.copy(frame, writeFrameHeader(frame, 0, { ...header, length }));
  return frame;
}

/** `data` is at most 125 bytes. */
export function renderPing(data: Buffer = NOTHING): Buffer {
  return renderControl(OPCODE.ping, data);
}

/** `data` is that of the ping it answers (RFC 6455 5.5.3). */
export function renderPong(data: Buffer = NOTHING): Buffer {
  return renderControl(OPCODE.pong, data);
}

/**
 * A close frame. The reason is cut to 123 bytes, between two characters. CLOSE_CODE.none gives a frame without a code; other
 * codes must be ones that may be sent (`isCloseCode`).
 */
export function renderClose(code: number, reason = ''): Buffer {
  if (code === CLOSE_CODE.none) {
    return renderControl(OPCODE.close, NOTHING);
  }
  if (!isCloseCode(code)) {
    throw new RangeError(`close code ${code} cannot be sent`);
  }
  const text = Buffer.from(reason);
  const length = cutLength(text, WEBSOCKET_LIMITS.closeReasonBytesMax);
  const payload = Buffer.allocUnsafe(2 + length);
  text.copy(payload, payload.writeUInt16BE(code), 0, length);
  return renderControl(OPCODE.close, payload);
}

function renderControl(opcode: Opcode, payload: Buffer): Buffer {
  if (payload.length > WEBSOCKET_LIMITS.controlBytesMax) {
    throw new RangeError(`a control frame of ${payload.length} bytes`);
  }
  return renderFrame({ opcode }, payload);
}

/** At most `max`, and no character of valid UTF-8 is cut. */
function cutLength(text: Buffer, max: number): number {
  let length = Math.min(text.length, max);
  if (length < text.length) {
    while ((text[length]! & 0xc0) === 0x80) {
      length -= 1;
    }
  }
  return length;
}
