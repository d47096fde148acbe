/**
 * Bytes that arrive in pieces of any size, copied into a few blocks. A piece of one byte kept as it comes costs a hundred: a client
 * that sends its body in such chunks would turn 250 KB into 25 MB.
 */

const BLOCK_BYTES_MIN = 1024;
const BLOCK_BYTES_MAX = 65_536;
const NOTHING = Buffer.alloc(0);

export class JoinedBytes {
  /** Full ones, then the one that is being filled. */
  #blocks: Buffer[] = [];
  #last = NOTHING;
  #lastBytes = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** `bytes` are borrowed until it returns. */
  push(bytes: Buffer): void {
    const copied = bytes.copy(this.#last, this.#lastBytes);
    this.#lastBytes += copied;
    if (copied < bytes.length) {
      this.#startBlock(bytes.length - copied);
      this.#lastBytes = bytes.copy(this.#last, 0, copied);
    }
    this.#length += bytes.length;
  }

  /** As large as needed for one piece; with more pieces, as large as all before them, so that few are enough. */
  #startBlock(needed: number): void {
    const size = this.#length === 0 ? needed : Math.min(Math.max(this.#length, BLOCK_BYTES_MIN), BLOCK_BYTES_MAX);
    this.#last = Buffer.allocUnsafe(Math.max(size, needed));
    this.#blocks.push(this.#last);
  }

  /** Takes all out, in order. */
  takeAll(): Buffer[] {
    const blocks = this.#blocks;
    if (this.#lastBytes < this.#last.length) {
      blocks[blocks.length - 1] = this.#last.subarray(0, this.#lastBytes);
    }
    this.#blocks = [];
    this.#last = NOTHING;
    this.#lastBytes = 0;
    this.#length = 0;
    return blocks;
  }
}
