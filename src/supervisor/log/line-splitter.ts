/**
 * Cuts a stream of bytes into lines of bounded length. Bytes in, lines out; time is the caller's. A line that is too long is cut before an entry of our
 * own that has begun at its end (worker-entries.ts), whose mark would not be known in two halves.
 */

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** What a line of an entry begins with, and is shorter than (report.py). */
const RECORD = 0x1e;
const ENTRY_LINE_BYTES_MAX = 4096;

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
      if (isWhole) {
        lines.push(this.#take());
      } else if (stop < bytes.length) {
        lines.push(this.#cut());
      }
      start = isWhole ? stop + 1 : stop;
    }
    return lines;
  }

  takePartial(): Buffer[] {
    return this.hasPartial ? [this.#take()] : [];
  }

  #cut(): Buffer {
    const bytes = Buffer.concat(this.#pending);
    const at = bytes.lastIndexOf(RECORD);
    if (at <= 0 || bytes.length - at > ENTRY_LINE_BYTES_MAX) {
      return this.#take();
    }
    this.#pending = [bytes.subarray(at)];
    this.#pendingBytes = bytes.length - at;
    return bytes.subarray(0, at);
  }

  #take(): Buffer {
    const line = this.#pending.length === 1 ? (this.#pending[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
  }
}
