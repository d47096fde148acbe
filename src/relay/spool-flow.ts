import type { BorrowedBody, Responder } from '../protocol/http/exchange.ts';
import type { ResponseFlow } from './response-flow.ts';
import type { ResponseSpoolEvents, SpoolBounds } from './spool/response-spool.ts';
import { ResponseSpool } from './spool/response-spool.ts';
import type { SpoolSpace } from './spool/spool-space.ts';

/** Where the bytes come from, which can be had to wait. */
export interface SpoolSource {
  /** Stops and starts reading. */
  pause(): void;
  resume(): void;
}

/**
 * For upstreams that are to be free as soon as they have answered: what a slow client has not read goes to a file. Where the file cannot grow, the upstream is
 * held: it is not read, and so waits.
 */
export class SpoolFlow implements ResponseFlow, ResponseSpoolEvents {
  readonly #exchange: { readonly responder: Responder };
  readonly #space: SpoolSpace;
  readonly #source: SpoolSource | undefined;
  readonly #onUnreadable: (error: Error) => void;
  readonly #bounds: SpoolBounds | undefined;
  #spool: ResponseSpool | undefined;
  #isHolding = false;

  /** `exchange`: early hints come before its responder is known for good. `onUnreadable`: the response cannot go on, because what was written cannot be read. */
  constructor(
    exchange: { readonly responder: Responder },
    space: SpoolSpace,
    source: SpoolSource | undefined,
    onUnreadable: (error: Error) => void,
    bounds?: SpoolBounds,
  ) {
    this.#bounds = bounds;
    this.#exchange = exchange;
    this.#space = space;
    this.#source = source;
    this.#onUnreadable = onUnreadable;
  }

  write(bytes: BorrowedBody): void {
    if (this.#spool !== undefined) {
      this.#spool.write(bytes.buffer.subarray(bytes.start, bytes.start + bytes.length));
      return;
    }
    const { responder } = this.#exchange;
    if (!responder.write(bytes)) {
      this.#spool = new ResponseSpool(responder, this.#space, this, this.#bounds);
    }
  }

  charge(): void {
    // The upstream has no credit: it is held, or it is not.
  }

  end(): boolean {
    this.#spool?.end();
    return this.#spool === undefined;
  }

  endShort(): boolean {
    this.#spool?.end(true);
    return this.#spool === undefined;
  }

  letGo(): void {
    if (this.#isHolding) {
      this.#isHolding = false;
      this.#source?.resume();
    }
  }

  onDrain(): void {
    this.#spool?.onDrain();
  }

  close(): void {
    this.#spool?.close();
  }

  // From the spool.

  onFull(): void {
    this.#isHolding = true;
    this.#source?.pause();
  }

  onRoom(): void {
    this.letGo();
  }

  onStuck(error: Error): void {
    this.#space.noteStuck(error, this);
  }

  onError(error: Error): void {
    this.#onUnreadable(error);
  }
}
