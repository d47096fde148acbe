import type { BorrowedBody, Responder } from '../../../protocol/http/exchange.ts';
import type { ResponseFlow } from '../../../relay/response-flow.ts';
import type { SpoolSource } from '../../../relay/spool-flow.ts';

/** For responses that are passed on as they come: while the client is behind, the server is not read. */
export class HeldFlow implements ResponseFlow {
  readonly #exchange: { readonly responder: Responder };
  readonly #source: SpoolSource | undefined;
  #isHolding = false;

  constructor(exchange: { readonly responder: Responder }, source: SpoolSource | undefined) {
    this.#exchange = exchange;
    this.#source = source;
  }

  write(bytes: BorrowedBody): void {
    this.charge(bytes.length, this.#exchange.responder.write(bytes));
  }

  charge(_bytes: number, hasRoom: boolean): void {
    if (!hasRoom && !this.#isHolding) {
      this.#isHolding = true;
      this.#source?.pause();
    }
  }

  end(): boolean {
    return true;
  }

  letGo(): void {
    this.onDrain();
  }

  onDrain(): void {
    if (this.#isHolding) {
      this.#isHolding = false;
      this.#source?.resume();
    }
  }

  close(): void {
    // Nothing is kept.
  }
}
