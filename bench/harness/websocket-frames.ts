// The little of RFC 6455 that a load needs: frames of a client are written, those of a server are read. It knows no
// extension and no message of several frames: no server has a reason for either here.

export const OPCODES = { text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const;

export type FrameEvent =
  | { readonly kind: 'frame'; readonly opcode: number; readonly payload: Buffer }
  | { readonly kind: 'invalid'; readonly fault: string };

const FINAL = 0x80;
const MASKED = 0x80;
const OPCODE_BITS = 0x0f;
const LENGTH_BITS = 0x7f;
const LENGTH_OF_16_BITS = 126;
const HEADER_BYTES = 2;
const LONG_HEADER_BYTES = 4;
const KEY_BYTES = 4;
/** Of a frame; messages here have some 64 bytes, control frames at most 125. */
export const PAYLOAD_BYTES_MAX = 65_535;

/**
 * A whole message or control frame of a client, masked with the 32 bits of `key`. RFC 6455 5.3 wants a key that nobody
 * can foresee, against a danger that a load over loopback does not have.
 */
export function renderFrame(opcode: number, payload: Buffer, key: number): Buffer {
  if (payload.length > PAYLOAD_BYTES_MAX) throw new RangeError(`a payload of ${payload.length} bytes`);
  const isLong = payload.length >= LENGTH_OF_16_BITS;
  const start = (isLong ? LONG_HEADER_BYTES : HEADER_BYTES) + KEY_BYTES;
  const frame = Buffer.alloc(start + payload.length);
  frame[0] = FINAL | opcode;
  frame[1] = MASKED | (isLong ? LENGTH_OF_16_BITS : payload.length);
  if (isLong) frame.writeUInt16BE(payload.length, HEADER_BYTES);
  frame.writeUInt32BE(key, start - KEY_BYTES);
  for (const [index, byte] of payload.entries()) {
    frame[start + index] = byte ^ (frame[start - KEY_BYTES + (index % KEY_BYTES)] ?? 0);
  }
  return frame;
}

/** Is fed what a server sends, in any pieces, and gives its frames; after one that is invalid it gives nothing more. */
export class ServerFrameReader {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #isDead = false;

  /** `bytes` may be overwritten once `next` has given undefined. */
  feed(bytes: Buffer): void {
    this.#bytes = this.#at === this.#bytes.length ? bytes : Buffer.concat([this.#bytes.subarray(this.#at), bytes]);
    this.#at = 0;
  }

  /** The next frame, or undefined when more bytes are needed. The payload is good until then. */
  next(): FrameEvent | undefined {
    const available = this.#bytes.length - this.#at;
    if (this.#isDead || available === 0) return undefined;
    if (available < HEADER_BYTES) return this.#keep();
    const first = this.#bytes[this.#at] ?? 0;
    const second = this.#bytes[this.#at + 1] ?? 0;
    // RFC 6455 5.1: a server masks nothing. 5.2: the bits beside the last one belong to extensions.
    if (second >= MASKED) return this.#refuse('a masked frame');
    if ((first & ~OPCODE_BITS) !== FINAL) return this.#refuse('a frame of an extension, or a piece of a message');
    let start = HEADER_BYTES;
    let length = second & LENGTH_BITS;
    if (length > LENGTH_OF_16_BITS) return this.#refuse(`a frame of more than ${PAYLOAD_BYTES_MAX} bytes`);
    if (length === LENGTH_OF_16_BITS) {
      if (available < LONG_HEADER_BYTES) return this.#keep();
      length = this.#bytes.readUInt16BE(this.#at + HEADER_BYTES);
      start = LONG_HEADER_BYTES;
    }
    if (available < start + length) return this.#keep();
    const payload = this.#bytes.subarray(this.#at + start, this.#at + start + length);
    this.#at += start + length;
    return { kind: 'frame', opcode: first & OPCODE_BITS, payload };
  }

  #keep(): undefined {
    // A copy: the rest of the buffer is the caller's.
    this.#bytes = Buffer.from(this.#bytes.subarray(this.#at));
    this.#at = 0;
  }

  #refuse(fault: string): FrameEvent {
    this.#isDead = true;
    return { kind: 'invalid', fault };
  }
}
