/** Lets one range of a body go by, and nothing before or behind it. */

import type { ByteRange } from '../../handlers/static/ranges.ts';
import type { BodyWriter, Source } from '../../pipeline/filters/body-writer.ts';

export class RangeWriter implements BodyWriter {
  readonly #next: BodyWriter;
  readonly #before: Source;
  #skipBytes: number;
  #leftBytes: number;

  constructor({ offset, length }: ByteRange, next: BodyWriter, before: Source) {
    this.#skipBytes = offset;
    this.#leftBytes = length;
    this.#next = next;
    this.#before = before;
  }

  write(bytes: Buffer): boolean {
    const from = Math.min(this.#skipBytes, bytes.length);
    const to = Math.min(from + this.#leftBytes, bytes.length);
    this.#skipBytes -= from;
    this.#leftBytes -= to - from;
    return from === to || this.#next.write(bytes.subarray(from, to));
  }

  flush(): void {
    this.#next.flush();
  }

  end(): void {
    this.#next.end();
  }

  cut(): void {
    this.#next.cut();
  }

  drop(): void {
    this.#next.drop();
  }

  drained(): void {
    this.#before.drained();
  }
}
