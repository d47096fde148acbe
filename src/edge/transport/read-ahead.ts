/**
 * Reads a part of a file ahead of the client, one chunk at a time. The thread pool does it, because this thread must not wait for a disk: one chunk is read
 * while the one before is written. Knows nothing of sockets.
 */

import { read } from 'node:fs';
import { EDGE_LIMITS } from '../limits.ts';
import { ChunkMemory } from './chunk-memory.ts';

const { smallFileChunkBytes, smallFileChunksKept } = EDGE_LIMITS;
const { fileChunkBytes, fileChunksMax, fileChunksKept } = EDGE_LIMITS;
const { largeFileChunkBytes, largeFileChunksMax, largeFileChunksKept } = EDGE_LIMITS;
/** One of each for each thread. */
const SMALL_CHUNKS = new ChunkMemory(smallFileChunkBytes, smallFileChunksKept);
const CHUNKS = new ChunkMemory(fileChunkBytes, fileChunksKept);
const LARGE_CHUNKS = new ChunkMemory(largeFileChunkBytes, largeFileChunksKept);

/** What is still to be read of a file. */
export interface FileRest {
  readonly fd: number;
  offset: number;
  left: number;
}

export interface Chunk {
  /** Of which the first `length` bytes are the file's. Whoever takes the chunk gives the memory back, by `giveChunk`. */
  readonly memory: Buffer;
  readonly length: number;
}

export class ReadAhead {
  readonly #onRead: (error?: Error) => void;
  #next: Chunk | undefined;
  #isReading = false;
  #isClosed = false;

  /** `onRead`: a chunk can be taken, or the file could not be read to the end that was promised. */
  constructor(onRead: (error?: Error) => void) {
    this.#onRead = onRead;
  }

  get isReading(): boolean {
    return this.#isReading;
  }

  get hasNext(): boolean {
    return this.#next !== undefined;
  }

  takeNext(): Chunk | undefined {
    const next = this.#next;
    this.#next = undefined;
    return next;
  }

  /** `isQuick`: the client takes what it is sent at once, and is well served with large chunks. */
  read(file: FileRest, isQuick: boolean): void {
    this.#isReading = true;
    const memory = memoryFor(file.left, isQuick).take();
    read(file.fd, memory, 0, Math.min(file.left, memory.length), file.offset, (error, length) => {
      this.#isReading = false;
      if (this.#isClosed || error !== null || length === 0) {
        giveChunk(memory);
        if (!this.#isClosed) {
          this.#onRead(error ?? new Error('the file is shorter than it was'));
        }
        return;
      }
      file.offset += length;
      file.left -= length;
      this.#next = { memory, length };
      this.#onRead();
    });
  }

  close(): void {
    this.#isClosed = true;
    const next = this.takeNext();
    if (next !== undefined) {
      giveChunk(next.memory);
    }
  }
}

function memoryFor(left: number, isQuick: boolean): ChunkMemory {
  if (isQuick && left > fileChunkBytes && LARGE_CHUNKS.usedCount < largeFileChunksMax) {
    return LARGE_CHUNKS;
  }
  return left > smallFileChunkBytes && CHUNKS.usedCount < fileChunksMax ? CHUNKS : SMALL_CHUNKS;
}

/** Nobody reads or writes the memory of a chunk any more. */
export function giveChunk(memory: Buffer): void {
  const chunks = [SMALL_CHUNKS, CHUNKS, LARGE_CHUNKS].find(({ chunkBytes }) => chunkBytes === memory.length);
  chunks?.give(memory);
}
