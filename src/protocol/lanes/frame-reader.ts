/**
 * Cuts the bytes of a lane into frames. The memory that is fed is borrowed: its owner uses it again once `next` has returned false, so the beginning of an
 * unfinished frame is kept in memory of the reader's, and put back in front of the bytes that follow it. That copies a part of one frame; to put it and the
 * following bytes together elsewhere would copy all of them. A frame is not an object but the reader's own fields until the next call: a busy lane carries a
 * hundred thousand frames a second.
 *
 * The bytes of a body need not be whole to be used. Of a frame that ends a read and is such a body, what has come is a frame of its own, and what follows is
 * DATA, with `isContinued` set: a megabyte passes through without being kept.
 */

import { FRAME, FRAME_HEADER_BYTES, FRAME_LIMITS } from './frames.ts';

/** Memory that a lane keeps once it has had to keep a frame's beginning: enough for the longest answers that workers send whole. Longer beginnings get memory that is given back. */
const KEPT_BYTES = 64 * 1024;

export class FrameReader {
  /** The frame that `next` found: its payload is `buffer` from `start` to `end`. What lies before `start` is not needed any more. */
  type = 0;
  stream = 0;
  start = 0;
  end = 0;
  buffer: Buffer = Buffer.alloc(0);
  /** The payload is not the beginning of its frame: that was found before. */
  isContinued = false;
  /** Set once a frame broke the rules; the lane is to be closed. */
  fault: string | undefined;

  #at = 0;
  #limit = 0;
  #kept: Buffer | undefined;
  #keptBytes = 0;
  /** Bytes of a body that belong to the frame that was found last, and have not come yet. */
  #missingBytes = 0;

  /** Takes the bytes of `chunk` from `from` to `to`; those before `from` are overwritten. What was fed before must have been drained by `next`. */
  feed(chunk: Buffer, from: number, to: number): void {
    const keptBytes = this.#keptBytes;
    this.buffer = chunk;
    this.#at = from - keptBytes;
    this.#limit = to;
    if (this.#kept === undefined || keptBytes === 0) {
      return;
    }
    this.#keptBytes = 0;
    if (keptBytes <= from) {
      this.#kept.copy(chunk, this.#at, 0, keptBytes);
    } else {
      this.buffer = Buffer.concat([this.#kept.subarray(0, keptBytes), chunk.subarray(from, to)]);
      this.#at = 0;
      this.#limit = this.buffer.length;
    }
    if (this.#kept.length > KEPT_BYTES) {
      this.#kept = undefined;
    }
  }

  /** Finds the next frame; false when more bytes are needed or the peer broke the rules. */
  next(): boolean {
    const at = this.#at;
    const left = this.#limit - at;
    if (this.#missingBytes > 0) {
      return left > 0 && this.#continue(at, left);
    }
    if (left < FRAME_HEADER_BYTES) {
      return this.#keep(left);
    }
    const size = this.buffer.readUInt32LE(at);
    if (size > FRAME_LIMITS.payloadBytesMax) {
      this.fault = `frame of ${size} bytes`;
      return false;
    }
    const word = this.buffer.readUInt32LE(at + 4);
    this.type = word & 0xff;
    const missing = FRAME_HEADER_BYTES + size - left;
    if (missing > 0) {
      if (!this.#hasBody(at + FRAME_HEADER_BYTES)) {
        return this.#keep(left);
      }
      this.#missingBytes = missing;
    }
    this.isContinued = false;
    this.stream = word >>> 8;
    this.start = at + FRAME_HEADER_BYTES;
    this.end = missing > 0 ? this.#limit : this.start + size;
    this.#at = this.end;
    return true;
  }

  /** Whether bytes of a body have come of a frame that is not whole, with all that stands before them. */
  #hasBody(start: number): boolean {
    if (this.type === FRAME.response) {
      return this.#limit - start > 4 && this.#limit - start - 4 > this.buffer.readUInt32LE(start);
    }
    return this.type === FRAME.data && this.#limit > start;
  }

  #continue(at: number, left: number): true {
    const length = Math.min(left, this.#missingBytes);
    this.#missingBytes -= length;
    this.type = FRAME.data;
    this.isContinued = true;
    this.start = at;
    this.end = at + length;
    this.#at = this.end;
    return true;
  }

  #keep(left: number): false {
    if (left > 0) {
      if (this.#kept === undefined || this.#kept.length < left) {
        this.#kept = Buffer.allocUnsafeSlow(Math.max(left, KEPT_BYTES));
      }
      this.buffer.copy(this.#kept, 0, this.#at, this.#limit);
      this.#keptBytes = left;
    }
    this.#at = this.#limit;
    return false;
  }
}
