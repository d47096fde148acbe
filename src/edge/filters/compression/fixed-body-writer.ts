/** Sends a body that was made before in the place of the one that comes, of which it is another form. */

import type { BodyWriter } from '../../pipeline/filters/body-writer.ts';

export class FixedBodyWriter implements BodyWriter {
  readonly #bytes: Buffer;
  readonly #next: BodyWriter;

  constructor(bytes: Buffer, next: BodyWriter) {
    this.#bytes = bytes;
    this.#next = next;
  }

  write(): boolean {
    return true;
  }

  flush(): void {
    // All of it is known to come at once.
  }

  end(): void {
    if (this.#bytes.length > 0) {
      this.#next.write(this.#bytes);
    }
    this.#next.end();
  }

  cut(): void {
    this.#next.cut();
  }

  drop(): void {
    this.#next.drop();
  }

  drained(): void {
    // It writes once, and nobody waits for it.
  }
}
