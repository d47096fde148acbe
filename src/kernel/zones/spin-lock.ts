/**
 * A lock in a word of shared memory, held for less than a microsecond by code that calls nothing which waits and cannot fail, so nobody waits for it but by spinning.
 *
 * A thread that is ended between taking a lock and giving it back would leave it taken. Whoever has spun for some 20 milliseconds takes such a lock over; the same
 * happens if the holder was only stopped by the kernel for as long as that, in that one microsecond. It gives back what is not its own any more by comparing first.
 */

/** About 20 ms. */
const SPINS_MAX = 4_000_000;

/** `self`: of the thread, not 0. */
export function takeLock(words: Int32Array, lock: number, self: number): void {
  for (;;) {
    let holder = 0;
    for (let spins = 0; spins < SPINS_MAX; spins += 1) {
      holder = Atomics.compareExchange(words, lock, 0, self);
      if (holder === 0) {
        return;
      }
    }
    if (Atomics.compareExchange(words, lock, holder, self) === holder) {
      return;
    }
    // The lock has changed hands in this moment: its holder is alive.
  }
}

export function giveLock(words: Int32Array, lock: number, self: number): void {
  Atomics.compareExchange(words, lock, self, 0);
}
