/** A request's body that is read by the content, and copied on the way for somebody else, up to a limit. */

import type { BodyLoss, BodySink } from '../../protocol/http/exchange.ts';

export interface BodyCopyEvents {
  onWhole(body: Buffer): void;
  /** It was longer, or could not be completed. Who copies is told once of either. */
  onLost(why: 'too-long' | 'failed'): void;
}

export class BodyCopy implements BodySink {
  readonly #reader: BodySink;
  readonly #bytesMax: number;
  readonly #events: BodyCopyEvents;
  #pieces: Buffer[] | undefined = [];
  #bytes = 0;

  constructor(reader: BodySink, bytesMax: number, events: BodyCopyEvents) {
    this.#reader = reader;
    this.#bytesMax = bytesMax;
    this.#events = events;
  }

  data(bytes: Buffer): boolean {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#bytesMax) {
      this.#lose('too-long');
    }
    // They are borrowed.
    this.#pieces?.push(Buffer.from(bytes));
    return this.#reader.data(bytes);
  }

  end(): void {
    const pieces = this.#pieces;
    this.#pieces = undefined;
    if (pieces !== undefined) {
      this.#events.onWhole(Buffer.concat(pieces));
    }
    this.#reader.end();
  }

  fail(why: BodyLoss): void {
    this.#lose('failed');
    this.#reader.fail(why);
  }

  #lose(why: 'too-long' | 'failed'): void {
    if (this.#pieces !== undefined) {
      this.#pieces = undefined;
      this.#events.onLost(why);
    }
  }
}
