/**
 * Takes a request body in before the application is given the request, so that a slow client never holds a worker:
 * in memory as long as it fits into the REQUEST frame, then in a file that the worker opens itself.
 */

import type { BodyLoss, BodySink, Exchange } from '../../protocol/http/exchange.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import { RELAY_LIMITS } from '../limits.ts';
import type { MemoryBudget } from '../memory-budget.ts';
import type { Overload } from '../overload.ts';
import type { SpoolPlace } from '../spool/spool-file.ts';
import { SpoolFile } from '../spool/spool-file.ts';
import type { SpoolSpace } from '../spool/spool-space.ts';
import type { BlockPool } from './block-pool.ts';
import { BodyBytes } from './body-bytes.ts';
import type { RefusedBodies } from './refused-bodies.ts';

/** What a spool file that cannot be opened or written means for its request: no room for it, or not now. */
const STATUSES: Readonly<Record<string, number>> = { ENOSPC: 507, EDQUOT: 507, EMFILE: 503, ENFILE: 503 };

export interface CollectedBody {
  readonly length: number;
  /** The bytes, or the file that holds them. */
  readonly bytes: BodyBytes | undefined;
  readonly file: SpoolFile | undefined;
}

/** The body is not needed any more. */
export function releaseBody({ file, bytes }: CollectedBody): void {
  file?.close();
  bytes?.release();
}

/** Where bodies may be kept. */
export interface BodyRoom {
  readonly space: SpoolSpace;
  readonly memory: MemoryBudget;
  readonly blocks: BlockPool;
  /** Where files are, if not in a folder of the space. */
  readonly place?: SpoolPlace;
}

/** In nginx's words. */
const LEFT = 'client prematurely closed connection';

export interface CollectorEvents {
  onBody(body: CollectedBody): void;
  /** The body is not coming: refused with this status (413, 503, 507), or undefined when the client is gone or broke the framing. `reason`: '' where the transport tells it. */
  onFailed(status: number | undefined, reason: string): void;
}

export class BodyCollector implements BodySink {
  readonly #exchange: Exchange;
  readonly #room: BodyRoom;
  readonly #bytesMax: number;
  readonly #memoryBytesMax: number;
  readonly #events: CollectorEvents;
  #bytes: BodyBytes | undefined;
  #length = 0;
  #file: SpoolFile | undefined;
  #isEnded = false;
  #isOver = false;
  #isPaused = false;

  /** `memoryBytesMax`: a longer one goes into a file. */
  constructor(
    exchange: Exchange,
    room: BodyRoom,
    bytesMax: number,
    events: CollectorEvents,
    memoryBytesMax: number = RELAY_LIMITS.inlineBodyBytesMax,
  ) {
    this.#exchange = exchange;
    this.#room = room;
    this.#bytes = new BodyBytes(room.blocks, room.memory);
    this.#bytesMax = bytesMax;
    this.#memoryBytesMax = Math.min(memoryBytesMax, RELAY_LIMITS.inlineBodyBytesMax);
    this.#events = events;
  }

  data(bytes: Buffer): boolean {
    if (this.#isOver) {
      return true;
    }
    this.#length += bytes.length;
    if (this.#length > this.#bytesMax) {
      this.#fail(413, `body over ${this.#bytesMax} bytes`);
      return true;
    }
    // Of a chunked body nobody knows how much it will be.
    const { bodyLength = this.#length } = this.#exchange;
    if (
      Math.max(bodyLength, this.#length) <= this.#memoryBytesMax &&
      this.#bytes?.mayGrow(bytes.length, RELAY_LIMITS.crampedBytes) === true
    ) {
      this.#bytes.push(bytes, (this.#exchange.bodyLength ?? this.#memoryBytesMax) - this.#length);
      return true;
    }
    // After a failure the rest of the body is read and dropped, so that the client gets its answer.
    this.#isPaused = !this.#spool(bytes) && !this.#isOver;
    return !this.#isPaused;
  }

  end(): void {
    if (this.#isOver) {
      return;
    }
    this.#isEnded = true;
    this.#finish();
  }

  fail(why: BodyLoss): void {
    this.#fail(undefined, why === 'left' ? LEFT : '');
  }

  #spool(bytes: Buffer): boolean {
    if (this.#file === undefined) {
      const events = { onWritten: () => this.#onWritten(), onError: (error: Error) => this.#onError(error) };
      this.#file = new SpoolFile(this.#room.space, events, { place: this.#room.place });
      for (const piece of this.#bytes?.pieces ?? []) {
        this.#file.append(piece);
      }
      this.#dropBytes();
    }
    return this.#file.append(bytes);
  }

  #onError(error: NodeJS.ErrnoException): void {
    this.#fail(STATUSES[error.code ?? ''] ?? 500, `spool file: ${error.message}`);
  }

  #onWritten(): void {
    if (this.#isPaused && (this.#file?.pendingBytes ?? 0) < RELAY_LIMITS.spoolPendingBytesMax / 4) {
      this.#isPaused = false;
      this.#exchange.resumeBody();
    }
    if (this.#isEnded) {
      this.#finish();
    }
  }

  #finish(): void {
    if (this.#file === undefined) {
      this.#isOver = true;
      this.#events.onBody({ length: this.#length, bytes: this.#bytes, file: undefined });
    } else if (this.#file.isFlushed && !this.#isOver) {
      this.#isOver = true;
      this.#events.onBody({ length: this.#length, bytes: undefined, file: this.#file });
    }
  }

  #fail(status: number | undefined, reason: string): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#dropBytes();
      this.#file?.close();
      this.#events.onFailed(status, reason);
    }
  }

  #dropBytes(): void {
    this.#bytes?.release();
    this.#bytes = undefined;
  }
}

/** A call whose body is to be whole before a worker gets it. */
export interface CollectingCall {
  readonly exchange: Exchange;
  readonly isOver: boolean;
  /** The body is being read in, or written to its file. */
  isCollecting: boolean;
  body: CollectedBody | undefined;
  describe(): string;
  /** The client is gone before its body was whole. */
  forget(): void;
  fail(status: number, detail?: string, fields?: ResponseFields): void;
}

export interface CollectOptions<C extends CollectingCall> {
  readonly room: BodyRoom;
  /** A reload may change the limit. */
  readonly settings: { readonly bodyBytesMax: number };
  readonly overload: Overload;
  readonly refused: RefusedBodies;
  /** The body is whole, and the call is not over. */
  onCollected(call: C): void;
}

/** Reads the body of a call in; `onCollected` follows, unless the call is over by then: refused, or its client gone. */
export function collectBody<C extends CollectingCall>(call: C, options: CollectOptions<C>): void {
  const { exchange } = call;
  const { room, settings } = options;
  const bytesMax = settings.bodyBytesMax;
  if ((exchange.bodyLength ?? 0) > bytesMax) {
    call.fail(413);
    return;
  }
  call.isCollecting = true;
  exchange.readBody(new BodyCollector(exchange, room, bytesMax, new Collecting(call, options)));
}

class Collecting<C extends CollectingCall> implements CollectorEvents {
  readonly #call: C;
  readonly #options: CollectOptions<C>;

  constructor(call: C, options: CollectOptions<C>) {
    this.#call = call;
    this.#options = options;
  }

  onBody(body: CollectedBody): void {
    const call = this.#call;
    call.isCollecting = false;
    if (call.isOver) {
      releaseBody(body);
    } else {
      call.body = body;
      this.#options.onCollected(call);
    }
  }

  onFailed(status: number | undefined, reason: string): void {
    const call = this.#call;
    const { overload, refused } = this.#options;
    if (status === undefined) {
      call.forget();
    } else if (status === 503) {
      overload.refuse(call, 'descriptors');
    } else {
      refused.tell(status === 413 ? 'info' : 'error', `${call.describe()}: ${reason}`);
      call.fail(status);
    }
  }
}
