/**
 * The body of one response on its way through its transforms to the responder below. It takes what content gives (bytes, borrowed bytes, parts of files) in order,
 * and keeps it waiting while the first transform takes no more.
 */

import { read } from 'node:fs';
import type { Body, BorrowedBody, FilePart } from '../../../protocol/http/exchange.ts';
import type { BodyWriter, Source, Transform } from './body-writer.ts';
import { TurnBudget } from './turn-budget.ts';

/** One read of a file: what a transform is given at a time, and what a response that waits holds in memory at most, beside its transforms. */
const FILE_READ_BYTES = 65_536;

/** Bytes whose way through the transforms is worth a look at the clock. */
const LONG_BYTES = 16_384;

/** Of all responses of the thread. */
const TURNS = new TurnBudget();

/** What stands behind the last transform: the responder below, or whoever collects. */
export interface ChainEnd {
  write(bytes: Buffer): boolean;
  end(): void;
  cut(): void;
}

export interface ChainEvents {
  /** So many bytes have been given to the responder below. */
  onSent(bytes: number): void;
  /** `write` returned false before; more is taken. */
  onDrain(): void;
  /** Everything has been given to the responder below. */
  onEnd(): void;
  onFault(error: unknown): void;
}

interface WaitingFile {
  readonly part: FilePart;
  readonly sent: () => void;
}

export class BodyChain {
  readonly #writers: readonly BodyWriter[];
  readonly #first: BodyWriter;
  readonly #events: ChainEvents;
  /** What waits behind a file, or for the first transform. */
  readonly #waiting: (Buffer | WaitingFile)[] = [];
  /** The first transform takes no more for now. */
  #isFull = false;
  #isReading = false;
  /** What is next waits for its turn. */
  #isResting = false;
  /** Content has been told to wait. */
  #owesDrain = false;
  #hasEnded = false;
  #isCut = false;
  #isOver = false;
  #flushesEachTurn: boolean;
  #willFlush = false;

  constructor(transforms: readonly Transform[], below: ChainEnd, events: ChainEvents, flushesEachTurn = false) {
    this.#events = events;
    this.#flushesEachTurn = flushesEachTurn;
    const writers: BodyWriter[] = [new LastWriter(below, events)];
    for (let index = transforms.length - 1; index >= 0; index -= 1) {
      const next = writers[0];
      const transform = transforms[index];
      if (next !== undefined && transform !== undefined) {
        // The one before is made after this one, and is there when it is first called.
        const before: Source = index === 0 ? this : { drained: () => this.#writers[index - 1]?.drained() };
        writers.unshift(transform(next, before));
      }
    }
    this.#writers = writers;
    this.#first = writers[0] ?? new LastWriter(below, events);
  }

  /** Nothing that content has written waits here. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && !this.#isReading && !this.#isFull;
  }

  write(bytes: Buffer | BorrowedBody): boolean {
    if (this.#isOver || bytes.length === 0) {
      return true;
    }
    // Borrowed bytes are gone when this returns.
    this.#waiting.push(
      Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer.subarray(bytes.start, bytes.start + bytes.length)),
    );
    this.#pump();
    this.#owesDrain = !this.isIdle;
    return !this.#owesDrain;
  }

  writeFile(part: FilePart, sent: () => void): void {
    if (this.#isOver || part.length === 0) {
      sent();
      return;
    }
    this.#waiting.push({ part, sent });
    this.#owesDrain = true;
    this.#pump();
  }

  /** The whole body, and its end. */
  writeWhole(body: Body): void {
    this.#flushesEachTurn = false;
    if (typeof body === 'string') {
      this.write(Buffer.from(body, 'latin1'));
    } else if (body !== undefined && (Buffer.isBuffer(body) || body.kind === 'borrowed')) {
      this.write(body);
    } else if (body !== undefined) {
      this.#writeParts(body.parts, body.release);
    }
    this.end();
  }

  #writeParts(parts: readonly (FilePart | Buffer)[], release: () => void): void {
    let left = parts.filter((part) => !Buffer.isBuffer(part)).length;
    const hasFiles = left > 0;
    for (const part of parts) {
      if (Buffer.isBuffer(part)) {
        this.write(part);
      } else {
        this.writeFile(part, () => {
          left -= 1;
          if (left === 0) {
            release();
          }
        });
      }
    }
    if (!hasFiles) {
      release();
    }
  }

  end(): void {
    this.#hasEnded = true;
    this.#pump();
  }

  /** The client gets what has been written before, and sees that it is not all. */
  cut(): void {
    this.#hasEnded = true;
    this.#isCut = true;
    this.#pump();
  }

  #cutNow(): void {
    if (!this.#isOver) {
      this.#finish();
      this.#first.cut();
    }
  }

  /** The client has gone. */
  drop(): void {
    if (!this.#isOver) {
      this.#finish();
    }
    for (const writer of this.#writers) {
      writer.drop();
    }
  }

  /** The responder below has room again. */
  onDrain(): void {
    this.#writers.at(-2)?.drained();
    if (this.#writers.length === 1) {
      this.drained();
    }
  }

  /** The first transform takes more. */
  drained(): void {
    this.#isFull = false;
    this.#pump();
    if (this.#owesDrain && this.isIdle && !this.#isOver) {
      this.#owesDrain = false;
      this.#events.onDrain();
    }
  }

  #pump(): void {
    while (!this.#isFull && !this.#isReading && !this.#isResting && !this.#isOver) {
      const [next] = this.#waiting;
      if (next === undefined) {
        this.#finishOrFlush();
        return;
      }
      if (!Buffer.isBuffer(next)) {
        this.#readFile(next);
      } else if (next.length < LONG_BYTES) {
        this.#waiting.shift();
        this.#isFull = !this.#first.write(next);
      } else {
        this.#writeLong(next);
      }
    }
  }

  /** Now, or when it is its turn. */
  #writeLong(bytes: Buffer): void {
    let isNow = true;
    this.#isResting = true;
    TURNS.do(() => {
      this.#isResting = false;
      if (this.#isOver) {
        return;
      }
      this.#waiting.shift();
      this.#isFull = !this.#first.write(bytes);
      if (!isNow && !this.#isFull) {
        this.drained();
      }
    });
    isNow = false;
  }

  #finishOrFlush(): void {
    if (this.#hasEnded) {
      this.#finish();
      if (this.#isCut) {
        this.#first.cut();
      } else {
        this.#first.end();
      }
    } else if (this.#flushesEachTurn && !this.#willFlush) {
      this.#willFlush = true;
      process.nextTick(() => {
        this.#willFlush = false;
        if (!this.#isOver) {
          this.#first.flush();
        }
      });
    }
  }

  #readFile(file: WaitingFile): void {
    const { part } = file;
    const length = Math.min(FILE_READ_BYTES, part.length);
    this.#isReading = true;
    read(part.fd, Buffer.allocUnsafe(length), 0, length, part.offset, (error, count, bytes) => {
      TURNS.do(() => this.#takeRead(file, error, bytes.subarray(0, count)));
    });
  }

  #takeRead({ part, sent }: WaitingFile, error: Error | null, bytes: Buffer): void {
    this.#isReading = false;
    if (this.#isOver) {
      sent();
      return;
    }
    if (error !== null || bytes.length === 0) {
      // A file that has become shorter cannot be what its head says.
      this.#events.onFault(error ?? new Error('a file became shorter while it was sent'));
      this.#cutNow();
      return;
    }
    const rest = part.length - bytes.length;
    if (rest === 0) {
      this.#waiting.shift();
    } else {
      this.#waiting[0] = { part: { ...part, offset: part.offset + bytes.length, length: rest }, sent };
    }
    this.#isFull = !this.#first.write(bytes);
    if (rest === 0) {
      sent();
    }
    if (!this.#isFull) {
      this.drained();
    }
  }

  #finish(): void {
    this.#isOver = true;
    const files = this.#waiting.splice(0).filter((item): item is WaitingFile => !Buffer.isBuffer(item));
    // The file that is being read is given back when the system has it no longer.
    for (const { sent } of this.#isReading ? files.slice(1) : files) {
      sent();
    }
  }
}

/** The end of the chain. */
class LastWriter implements BodyWriter {
  readonly #below: ChainEnd;
  readonly #events: ChainEvents;

  constructor(below: ChainEnd, events: ChainEvents) {
    this.#below = below;
    this.#events = events;
  }

  write(bytes: Buffer): boolean {
    this.#events.onSent(bytes.length);
    return this.#below.write(bytes);
  }
  flush(): void {
    // Nothing is held back here.
  }
  end(): void {
    this.#events.onEnd();
    this.#below.end();
  }
  cut(): void {
    this.#below.cut();
  }
  drop(): void {
    // The responder below knows.
  }
  drained(): void {
    // Nothing waits here.
  }
}
