/**
 * The payload of one message while its pieces arrive, unmasked, in memory of its own. Pieces of any size cost no more memory
 * than a small multiple of their bytes: a fragment kept as it came would cost a hundred bytes for one.
 */

import { unmask } from './unmask.ts';

const NOTHING = Buffer.alloc(0);
/** The first buffer of a message whose length is not known. */
const CAPACITY_BYTES_MIN = 1024;
/** With 4 a message that comes in many pieces is copied once more by a third. A declared length alone is not trusted with memory. */
const GROWTH = 4;

export class MessageBuffer {
  /** What has arrived are the first `length` bytes. */
  bytes: Buffer = NOTHING;
  length = 0;

  /** `more` bytes are to follow the piece; Infinity if nobody has said how many. */
  append(source: Buffer, from: number, to: number, key: number, more: number): void {
    const start = this.length;
    const end = start + to - from;
    if (end > this.bytes.length) {
      this.#grow(end, more);
    }
    source.copy(this.bytes, start, from, to);
    unmask(this.bytes, start, end, key);
    this.length = end;
  }

  /** Takes all out. The memory is no longer ours. */
  take(): Buffer {
    const { bytes, length } = this;
    this.bytes = NOTHING;
    this.length = 0;
    if (length === bytes.length) {
      return bytes;
    }
    // What is given may wait, and must not hold much more than its bytes.
    return length > bytes.length / 2 ? bytes.subarray(0, length) : Buffer.from(bytes.subarray(0, length));
  }

  #grow(needed: number, more: number): void {
    const ahead = Math.max(this.bytes.length * GROWTH, CAPACITY_BYTES_MIN);
    const grown = Buffer.allocUnsafe(Math.max(needed, Math.min(needed + more, ahead)));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}
