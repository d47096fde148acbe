import type { BorrowedBody, Responder } from '../protocol/http/exchange.ts';
import type { ResponseFlow } from './response-flow.ts';
import { ResponseSpool } from './spool/response-spool.ts';
import type { SpoolSpace } from './spool/spool-space.ts';

export interface SpoolFlowEvents {
  /** The worker is to wait, or to go on. */
  hold(): void;
  letGo(): void;
  /** What does not fit in memory cannot be kept in a file, so the worker waits. */
  onStuck(error: Error): void;
  onError(error: Error): void;
}

/** For workers that are to be free as soon as the application has finished: what a slow client has not read goes to a file. */
export class SpoolFlow implements ResponseFlow {
  readonly #responder: Responder;
  readonly #space: SpoolSpace;
  readonly #events: SpoolFlowEvents;
  #spool: ResponseSpool | undefined;

  constructor(responder: Responder, space: SpoolSpace, events: SpoolFlowEvents) {
    this.#responder = responder;
    this.#space = space;
    this.#events = events;
  }

  write(bytes: BorrowedBody): void {
    if (this.#spool !== undefined) {
      this.#spool.write(bytes.buffer.subarray(bytes.start, bytes.start + bytes.length));
    } else if (!this.#responder.write(bytes)) {
      this.#open();
    }
  }

  #open(): void {
    this.#spool = new ResponseSpool(this.#responder, this.#space, {
      onFull: () => this.#events.hold(),
      onRoom: () => this.#events.letGo(),
      onStuck: (error) => this.#events.onStuck(error),
      onError: (error) => this.#events.onError(error),
    });
  }

  end(): boolean {
    this.#spool?.end();
    return this.#spool === undefined;
  }

  onDrain(): void {
    this.#spool?.onDrain();
  }

  close(): void {
    this.#spool?.close();
  }
}
