/** Gathers lines for a file, so that they leave together: one call of the system for many requests. That a log cannot be written is told once, and never stops a site. */

import type { LineWriter } from './line-writer.ts';

const LIMITS = {
  /** Lines of a log that says nothing of a buffer leave together when they are so many bytes … */
  usualBytesMax: 65_536,
  /** … and whatever a file asks for, no more than this waits in each thread: what is written in one go keeps the others waiting. */
  bytesMax: 1_048_576,
  /** Compressing a megabyte takes 10 ms and more, in which nobody is answered. */
  compressedBytesMax: 131_072,
  /** How long after a reader did not take all it is tried again. */
  retryMs: 200,
} as const;

export interface Gathering {
  /** 0: the usual. */
  readonly bytesMax: number;
  /** How long a line waits for others. 0: until the event loop has done what it has to do now; Infinity: until there are enough. */
  readonly delayMs: number;
  /** 0: not compressed; otherwise what leaves together is a member of a gzip file. */
  readonly gzipLevel: number;
}

type Writer = Pick<LineWriter, 'write' | 'isBehind' | 'close' | 'reopen'>;

export class LineCollector {
  readonly #writer: Writer;
  readonly #bytesMax: number;
  readonly #delayMs: number;
  readonly #gzipLevel: number;
  readonly #onTime = (): void => this.flush();
  #lines = '';
  #isAwaited = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(writer: Writer, { bytesMax, delayMs, gzipLevel }: Gathering) {
    this.#writer = writer;
    const most = gzipLevel > 0 ? LIMITS.compressedBytesMax : LIMITS.bytesMax;
    this.#bytesMax = Math.min(bytesMax || LIMITS.usualBytesMax, most);
    this.#delayMs = delayMs;
    this.#gzipLevel = gzipLevel;
  }

  /** `line` is latin-1 text that ends with its line. */
  write(line: string): void {
    if (this.#lines.length + line.length > this.#bytesMax) {
      this.flush();
    }
    this.#lines += line;
    if (!this.#isAwaited) {
      this.#await();
    }
  }

  #await(): void {
    if (this.#delayMs === 0) {
      this.#isAwaited = true;
      setImmediate(this.#onTime);
    } else if (this.#delayMs !== Number.POSITIVE_INFINITY) {
      this.#isAwaited = true;
      this.#timer = setTimeout(this.#onTime, this.#delayMs);
    }
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#isAwaited = false;
    const lines = this.#lines;
    this.#lines = '';
    this.#writer.write(lines === '' || this.#gzipLevel === 0 ? lines : compress(lines, this.#gzipLevel));
    if (this.#writer.isBehind) {
      this.#isAwaited = true;
      this.#timer = setTimeout(this.#onTime, LIMITS.retryMs);
    }
  }

  /** What is written later opens the file again. */
  close(): void {
    this.flush();
    this.#writer.close();
  }

  /** After rotation: the old file gets what was gathered, the new one all that follows. */
  reopen(): void {
    this.flush();
    this.#writer.reopen();
  }
}

function compress(lines: string, level: number): string {
  // Loaded by the first log that is compressed: it takes a start 2 to 4 ms.
  const { gzipSync } = process.getBuiltinModule('node:zlib');
  return gzipSync(Buffer.from(lines, 'latin1'), { level }).latin1Slice();
}
