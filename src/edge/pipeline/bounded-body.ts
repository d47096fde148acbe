/** A request's body whose length nobody has said, with the limit of its location: one that is longer fails, and the request is refused with 413. */

import type { BodyLoss, BodySink } from '../../protocol/http/exchange.ts';

export class BoundedBody implements BodySink {
  readonly #sink: BodySink;
  readonly #onExceeded: () => void;
  #bytesLeft: number;
  #hasFailed = false;

  constructor(sink: BodySink, bytesMax: number, onExceeded: () => void) {
    this.#sink = sink;
    this.#bytesLeft = bytesMax;
    this.#onExceeded = onExceeded;
  }

  data(bytes: Buffer): boolean {
    if (this.#hasFailed) {
      return true;
    }
    this.#bytesLeft -= bytes.length;
    if (this.#bytesLeft >= 0) {
      return this.#sink.data(bytes);
    }
    this.#hasFailed = true;
    this.#onExceeded();
    this.#sink.fail('too-long');
    return true;
  }

  end(): void {
    if (!this.#hasFailed) {
      this.#sink.end();
    }
  }

  fail(why: BodyLoss): void {
    if (!this.#hasFailed) {
      this.#sink.fail(why);
    }
  }
}
