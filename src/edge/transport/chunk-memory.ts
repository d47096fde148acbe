/**
 * Memory into which files are read on their way to clients, used again and again. Memory of its own for each chunk took more of the processor than reading and
 * sending together: the kernel has to clear and map each of its pages, and the collector has to look for what nobody uses any more.
 */
export class ChunkMemory {
  readonly chunkBytes: number;
  readonly #keptMax: number;
  /** The last one is taken first: the processor still has it in its caches. */
  readonly #free: Buffer[] = [];
  #usedCount = 0;

  /** `keptMax`: how many chunks are kept while nobody uses them. */
  constructor(chunkBytes: number, keptMax: number) {
    this.chunkBytes = chunkBytes;
    this.#keptMax = keptMax;
  }

  /** Chunks that are in use. */
  get usedCount(): number {
    return this.#usedCount;
  }

  take(): Buffer {
    this.#usedCount += 1;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.chunkBytes);
  }

  /** Nobody reads or writes the chunk any more. */
  give(chunk: Buffer): void {
    this.#usedCount -= 1;
    if (this.#free.length < this.#keptMax) {
      this.#free.push(chunk);
    }
  }
}
