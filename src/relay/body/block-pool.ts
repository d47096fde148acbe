/**
 * The memory of an edge thread for what is on its way to workers: blocks of a few sizes, used again and again. With a Buffer of its own for
 * each body V8 collected its whole heap many times a second, because it takes memory outside of the heap for a reason to: that was a third
 * of the edge's time with bodies of 10 KB, and half of it with 1 MB.
 *
 * What was free for a whole second is freed, and not only when V8 next finds that nobody refers to it. The allocator of the C library may keep it:
 * after thousands of aborted uploads it kept 200 to 400 MB in pieces, for there is no call of Node to have it give them back. With a fixed
 * MALLOC_MMAP_THRESHOLD_ of 64 KiB it kept 20 MB, but mapped all memory of that size anew, also that of others: 256 KiB took 98 µs instead of 9, which each
 * large response over TLS would pay several times.
 */

import { RELAY_LIMITS } from '../limits.ts';

/** Each four times the one before, so that a body takes few blocks and wastes little of the last one. */
const SIZES: readonly number[] = [1024, 4096, 16_384, 65_536, 262_144];
const LARGEST = SIZES.length - 1;
const TRIM_EVERY_MS = 1000;

export class BlockPool {
  readonly #free: readonly Buffer[][] = SIZES.map(() => []);
  #freeBytes = 0;
  /** The least that was free since the last trim. */
  #spareBytes = 0;
  #trimming: NodeJS.Timeout | undefined;

  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** The largest block of at most `most` bytes; but one of at least `least`, or of the largest size. What is left in it of another request may go nowhere. */
  take(least: number, most: number = least): Buffer {
    let index = indexOf(least);
    while (index < LARGEST && SIZES[index + 1]! <= most) {
      index += 1;
    }
    const block = this.#free[index]!.pop();
    if (block === undefined) {
      return Buffer.allocUnsafeSlow(SIZES[index]!);
    }
    this.#freeBytes -= block.length;
    this.#spareBytes = Math.min(this.#spareBytes, this.#freeBytes);
    return block;
  }

  /** The block is nobody's any more. */
  give(block: Buffer): void {
    if (this.#freeBytes + block.length > RELAY_LIMITS.freeBlockBytesMax) {
      freeNow(block);
      return;
    }
    this.#freeBytes += block.length;
    this.#free[indexOf(block.length)]!.push(block);
    this.#trimming ??= setTimeout(() => this.trim(), TRIM_EVERY_MS).unref();
  }

  /** Called once a second while blocks are free. */
  trim(): void {
    let spare = this.#spareBytes;
    for (let index = LARGEST; index >= 0; index -= 1) {
      const blocks = this.#free[index]!;
      const size = SIZES[index]!;
      for (; spare >= size && blocks.length > 0; spare -= size) {
        this.#freeBytes -= size;
        freeNow(blocks.pop()!);
      }
    }
    this.#spareBytes = this.#freeBytes;
    clearTimeout(this.#trimming);
    this.#trimming = this.#freeBytes === 0 ? undefined : setTimeout(() => this.trim(), TRIM_EVERY_MS).unref();
  }
}

function indexOf(bytes: number): number {
  const index = SIZES.findIndex((size) => size >= bytes);
  return index === -1 ? LARGEST : index;
}

/** Whoever took a view of the block and kept it sees no bytes any more. */
function freeNow(block: Buffer): void {
  (block.buffer as ArrayBuffer).transfer(0);
}
