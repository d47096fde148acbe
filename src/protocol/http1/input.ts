/**
 * The bytes a parser was fed and has not read. A fed chunk is borrowed: its owner reuses the memory, so what must outlive the
 * turn is copied by `keep`, and only then. A connection that sends whole heads never pays for a copy.
 */

const EMPTY = Buffer.alloc(0);
/** A head that comes in pieces is rarely larger; fewer sizes mean fewer reallocations. */
const CAPACITY_BYTES_MIN = 1024;

export class Input {
  bytes: Buffer = EMPTY;
  /** The next byte to read, and the end of what is valid. */
  at = 0;
  end = 0;
  #isOwned = false;

  get length(): number {
    return this.end - this.at;
  }

  /** Takes the first `length` bytes of `chunk`. */
  feed(chunk: Buffer, length: number = chunk.length): void {
    if (this.at === this.end) {
      this.bytes = chunk;
      this.at = 0;
      this.end = length;
      this.#isOwned = false;
    } else {
      this.#append(chunk, length);
    }
  }

  /** The parser waits: nothing borrowed may be held any longer. */
  keep(): void {
    if (this.at === this.end) {
      this.bytes = EMPTY;
      this.at = 0;
      this.end = 0;
      this.#isOwned = false;
    } else if (!this.#isOwned) {
      this.#move(this.length);
    }
  }

  /** At most `limit` bytes, as a view. */
  take(limit: number): Buffer {
    const from = this.at;
    const to = Math.min(this.end, from + limit);
    this.at = to;
    return from === 0 && to === this.bytes.length ? this.bytes : this.bytes.subarray(from, to);
  }

  #append(chunk: Buffer, length: number): void {
    const needed = this.length + length;
    if (!this.#isOwned || needed > this.bytes.length) {
      this.#move(Math.max(needed, this.length * 2));
    } else if (this.end + length > this.bytes.length) {
      this.bytes.copyWithin(0, this.at, this.end);
      this.end -= this.at;
      this.at = 0;
    }
    chunk.copy(this.bytes, this.end, 0, length);
    this.end += length;
  }

  #move(capacity: number): void {
    const bytes = Buffer.allocUnsafe(Math.max(capacity, CAPACITY_BYTES_MIN));
    this.end = this.bytes.copy(bytes, 0, this.at, this.end);
    this.at = 0;
    this.bytes = bytes;
    this.#isOwned = true;
  }
}
