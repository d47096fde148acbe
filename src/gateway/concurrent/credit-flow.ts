import type { BorrowedBody, Responder } from '../../protocol/http/exchange.ts';
import { FRAME_LIMITS } from '../../protocol/lanes/frames.ts';
import type { MemoryBudget } from '../../relay/memory-budget.ts';
import { MemoryShare } from '../../relay/memory-budget.ts';
import type { ResponseFlow } from '../../relay/response-flow.ts';
import { GATEWAY_LIMITS } from '../limits.ts';

/**
 * For applications that stream, and wait for the client by credit (docs/lanes.md). A large response whose client takes all at once gets more credit than others begin
 * with, once: its worker then sends a megabyte without a pause. That is counted as memory for bodies, for the client may stop reading.
 */
export class CreditFlow implements ResponseFlow {
  readonly #exchange: { readonly responder: Responder };
  readonly #memory: MemoryBudget;
  readonly #grant: (bytes: number) => void;
  /** Taken from the worker and not granted yet. */
  #owedBytes = 0;
  #owedBytesMin: number = GATEWAY_LIMITS.creditBytesMin;
  /** Of the frame that is being read. */
  #frameBytes = 0;
  /** What the additional credit takes of the memory, as long as the response goes on. */
  #wide: MemoryShare | undefined;

  /** `exchange`: early hints come before its responder is known for good. `grant`: the worker may send so many bytes more. */
  constructor(exchange: { readonly responder: Responder }, memory: MemoryBudget, grant: (bytes: number) => void) {
    this.#exchange = exchange;
    this.#memory = memory;
    this.#grant = grant;
  }

  write(bytes: BorrowedBody, isContinued: boolean): void {
    const { length } = bytes;
    const hasRoom = this.#exchange.responder.write(bytes);
    this.#frameBytes = isContinued ? this.#frameBytes + length : length;
    if (this.#frameBytes >= GATEWAY_LIMITS.wideFrameBytes && this.#wide === undefined) {
      this.#widen();
    }
    this.#charge(length + (isContinued ? 0 : FRAME_LIMITS.pieceCostBytes), hasRoom);
  }

  #widen(): void {
    if (this.#exchange.responder.hasCaughtUp && this.#memory.hasPlenty(GATEWAY_LIMITS.wideShare)) {
      this.#wide = new MemoryShare(this.#memory);
      this.#wide.set(GATEWAY_LIMITS.wideCreditBytes);
      this.#owedBytes += GATEWAY_LIMITS.wideCreditBytes;
      this.#owedBytesMin = GATEWAY_LIMITS.wideCreditBytesMin;
    }
  }

  /** A frame of so many bytes was given to the client. `hasRoom`: the client can take more. */
  charge(bytes: number, hasRoom: boolean): void {
    this.#charge(bytes + FRAME_LIMITS.pieceCostBytes, hasRoom);
  }

  /** The worker has used so much credit. */
  #charge(bytes: number, hasRoom: boolean): void {
    this.#owedBytes += bytes;
    if (hasRoom && this.#owedBytes >= this.#owedBytesMin) {
      this.#pay();
    }
  }

  end(): boolean {
    this.#release();
    return true;
  }

  letGo(): void {
    // The stream that is over holds nothing of the others.
  }

  onDrain(): void {
    this.#pay();
  }

  close(): void {
    this.#owedBytes = 0;
    this.#release();
  }

  #release(): void {
    this.#wide?.set(0);
  }

  #pay(): void {
    if (this.#owedBytes > 0) {
      const bytes = this.#owedBytes;
      this.#owedBytes = 0;
      this.#grant(bytes);
    }
  }
}
