/** Cuts a stream of bytes into lines of bounded length. Bytes in, lines out; time is the caller's. */

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export class LineSplitter {
  readonly #bytesMax: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Text without its end of line waits; see `takePartial`. */
  get hasPartial(): boolean {
    return this.#pendingBytes > 0;
  }

  feed(bytes: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let start = 0;
    while (start < bytes.length) {
      const end = bytes.indexOf(LINE_FEED, start);
      const stop = Math.min(end === -1 ? bytes.length : end, start + this.#bytesMax - this.#pendingBytes);
      this.#pending.push(bytes.subarray(start, stop));
      this.#pendingBytes += stop - start;
      const isWhole = stop === end;
      if (isWhole || stop < bytes.length) {
        lines.push(this.#take());
      }
      start = isWhole ? stop + 1 : stop;
    }
    return lines;
  }

  takePartial(): Buffer[] {
    return this.hasPartial ? [this.#take()] : [];
  }

  #take(): Buffer {
    const line = this.#pending.length === 1 ? (this.#pending[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
  }
}
