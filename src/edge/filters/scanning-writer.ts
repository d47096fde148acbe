/**
 * The frame of filters that read a body from its beginning to its end, and write something in the place of what they read. It bounds what one of them can have in memory:
 * output is put together to writes of a size, and where the client is behind, the rest of the input is looked at later.
 */

import type { BodyWriter, Source } from '../pipeline/filters/body-writer.ts';
import { FILTER_LIMITS } from './limits.ts';

const { gatherBytes, heldBytesMax } = FILTER_LIMITS;

export abstract class ScanningWriter implements BodyWriter {
  protected readonly next: BodyWriter;
  readonly #before: Source;
  /** Input that waits; of the first piece, what comes before `#from` is done with. */
  readonly #input: Buffer[] = [];
  #inputBytes = 0;
  #from = 0;
  readonly #inserted: Buffer[] = [];
  #output: Buffer[] = [];
  #outputBytes = 0;
  #isBlocked = false;
  #isPaused = false;
  #hasRefused = false;
  #wantsFlush = false;
  #isEnding = false;
  #isOver = false;
  #isRunning = false;

  constructor(next: BodyWriter, before: Source) {
    this.next = next;
    this.#before = before;
  }

  /**
   * Reads `bytes` from `from` on, and gives what stands for it to `put`. Returns up to where it has read: the end, or earlier because `mustStop` is true. What it has read
   * and not yet put it keeps itself.
   */
  protected abstract scan(bytes: Buffer, from: number): number;

  /** All was read: puts what it has kept. Called again if it has paused itself. */
  protected abstract finish(): void;

  /** The client is behind, the filter has paused itself, or something comes first: `scan` returns soon. */
  protected get mustStop(): boolean {
    return this.#isBlocked || this.#isPaused || this.#isOver || this.#inserted.length > 0;
  }

  /** Something else stands in the body, which waits. */
  protected get isPaused(): boolean {
    return this.#isPaused;
  }

  protected get isOver(): boolean {
    return this.#isOver;
  }

  protected put(bytes: Buffer): void {
    if (bytes.length === 0 || this.#isOver) {
      return;
    }
    this.#output.push(bytes);
    this.#outputBytes += bytes.length;
    if (this.#outputBytes >= gatherBytes) {
      this.#send();
    }
  }

  /** These bytes are read next, before the rest of the body. */
  protected insert(bytes: Buffer): void {
    if (bytes.length > 0) {
      this.#inserted.push(bytes);
    }
  }

  /** Nothing is read until `resume`: something else stands in the body first. */
  protected pause(): void {
    this.#isPaused = true;
  }

  protected resume(): void {
    this.#isPaused = false;
    this.#run();
    this.#tellDrained();
  }

  /** What was put leaves, and the client may be behind then. */
  protected sendPut(): boolean {
    this.#send();
    return !this.#isBlocked;
  }

  /** The next writer takes more: for what a filter passes through while it has paused itself. */
  protected onRoom(): void {
    // A filter that pauses hears of it.
  }

  /** The response is over, before its end or with it. */
  protected onOver(): void {
    // A filter that has more than memory to give back does so.
  }

  write(bytes: Buffer): boolean {
    if (this.#isOver) {
      return true;
    }
    this.#input.push(bytes);
    this.#inputBytes += bytes.length;
    this.#run();
    this.#hasRefused = this.#isBlocked || this.#inputBytes >= heldBytesMax;
    return !this.#hasRefused;
  }

  flush(): void {
    this.#wantsFlush = true;
    this.#run();
  }

  end(): void {
    this.#isEnding = true;
    this.#run();
  }

  cut(): void {
    this.#close();
    this.next.cut();
  }

  drop(): void {
    this.#close();
    this.next.drop();
  }

  drained(): void {
    this.#isBlocked = false;
    if (this.#isPaused) {
      this.onRoom();
    } else {
      this.#run();
    }
    this.#tellDrained();
  }

  #tellDrained(): void {
    if (this.#hasRefused && !this.#isBlocked && this.#inputBytes < heldBytesMax) {
      this.#hasRefused = false;
      this.#before.drained();
    }
  }

  #run(): void {
    if (this.#isRunning) {
      return;
    }
    this.#isRunning = true;
    this.#readAll();
    if (this.#isEnding && this.#input.length === 0 && !this.mustStop) {
      this.finish();
      if (!this.#isPaused) {
        this.#send();
        this.#over();
      }
    } else if (!this.#isOver) {
      this.#send();
    }
    if (this.#wantsFlush && this.#input.length === 0 && !this.#isPaused && !this.#isOver) {
      this.#wantsFlush = false;
      this.next.flush();
    }
    this.#isRunning = false;
  }

  #readAll(): void {
    this.#placeInserted();
    for (let bytes = this.#input[0]; bytes !== undefined && !this.mustStop; bytes = this.#input[0]) {
      const to = this.scan(bytes, this.#from);
      if (this.#isOver) {
        return;
      }
      this.#inputBytes -= to - this.#from;
      this.#from = to;
      if (to === bytes.length) {
        this.#input.shift();
        this.#from = 0;
      }
      this.#placeInserted();
    }
  }

  #placeInserted(): void {
    for (const bytes of this.#inserted.splice(0)) {
      if (this.#from > 0) {
        this.#input[0] = this.#input[0]?.subarray(this.#from) ?? bytes;
        this.#from = 0;
      }
      this.#input.unshift(bytes);
      this.#inputBytes += bytes.length;
    }
  }

  #over(): void {
    if (!this.#isOver) {
      this.#close();
      this.next.end();
    }
  }

  #send(): void {
    const [first] = this.#output;
    if (first === undefined) {
      return;
    }
    const bytes = this.#output.length === 1 ? first : Buffer.concat(this.#output, this.#outputBytes);
    this.#output = [];
    this.#outputBytes = 0;
    if (!this.next.write(bytes)) {
      this.#isBlocked = true;
    }
  }

  #close(): void {
    if (this.#isOver) {
      return;
    }
    this.#isOver = true;
    this.#input.length = 0;
    this.#inserted.length = 0;
    this.#inputBytes = 0;
    this.#output = [];
    this.#outputBytes = 0;
    this.onOver();
  }
}
