/**
 * A request body in memory: bytes that arrive in pieces of any size, copied into a few blocks. A piece of one byte kept as it comes costs a
 * hundred: a client that sends its body in such chunks would turn 250 KB into 25 MB.
 *
 * The blocks are used again for other bodies as soon as nobody holds these bytes: neither the request they belong to, which may have to be
 * sent to another worker, nor a lane whose socket has not taken all of them.
 */

import type { MemoryBudget } from '../memory-budget.ts';
import { MemoryShare } from '../memory-budget.ts';
import type { BlockPool } from './block-pool.ts';

export class BodyBytes {
  length = 0;
  readonly #pool: BlockPool;
  readonly #share: MemoryShare | undefined;
  /** Full ones, then the one that is being filled. */
  readonly #blocks: Buffer[] = [];
  #lastBytes = 0;
  #capacity = 0;
  #holders = 1;

  /** Without a budget, somebody else counts the bytes. */
  constructor(pool: BlockPool, budget?: MemoryBudget) {
    this.#pool = pool;
    this.#share = budget && new MemoryShare(budget);
  }

  /** Whether there is room for so many bytes more: in the last block, or in the budget, beyond which only a body that stays below `leastBytes` may grow. */
  mayGrow(bytes: number, leastBytes: number): boolean {
    const length = this.length + bytes;
    return length <= this.#capacity || this.#share?.mayGrow(length, leastBytes) !== false;
  }

  /** `bytes` are borrowed until it returns. `more`: so many bytes at the most are to follow them. */
  push(bytes: Buffer, more: number): void {
    const last = this.#blocks.at(-1);
    let at = last === undefined ? 0 : bytes.copy(last, this.#lastBytes);
    this.#lastBytes += at;
    while (at < bytes.length) {
      const block = this.#startBlock(bytes.length - at, more);
      this.#lastBytes = bytes.copy(block, 0, at);
      at += this.#lastBytes;
    }
    this.length += bytes.length;
  }

  /** As large as all blocks before it, so that few are enough; but no larger than what may come. */
  #startBlock(needed: number, more: number): Buffer {
    const block = this.#pool.take(needed, Math.min(this.#capacity, needed + more));
    this.#blocks.push(block);
    this.#capacity += block.length;
    this.#share?.set(this.#capacity);
    return block;
  }

  /** The bytes in order, as views of the blocks: good as long as somebody holds them. */
  get pieces(): readonly Buffer[] {
    const last = this.#blocks.length - 1;
    return this.#blocks.map((block, index) => (index === last ? block.subarray(0, this.#lastBytes) : block));
  }

  /** Copies all to `into`; returns where they end there. */
  copyTo(into: Buffer, from: number): number {
    const last = this.#blocks.length - 1;
    let at = from;
    for (let index = 0; index <= last; index += 1) {
      const block = this.#blocks[index]!;
      at += block.copy(into, at, 0, index === last ? this.#lastBytes : block.length);
    }
    return at;
  }

  /** One more needs the bytes, until it calls `release`. */
  hold(): void {
    this.#holders += 1;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) {
      for (const block of this.#blocks) {
        this.#pool.give(block);
      }
      this.#blocks.length = 0;
      this.#share?.set(0);
    }
  }
}
