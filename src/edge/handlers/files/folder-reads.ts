/**
 * Folders that are read for lists, of all locations of a thread: a few at a time, and one that several ask for once. A list of a large folder is megabytes, which a client
 * that does not read keeps in memory; so of those that are on their way there is an amount as well.
 */

import { FILES_LIMITS } from './limits.ts';

export class FolderReads {
  readonly #working = new Map<string, Promise<unknown>>();
  readonly #waiting: (() => void)[] = [];
  /** How many responses have each list. */
  readonly #leaving = new Map<Buffer, number>();
  readonly #leavingBytesMax: number;
  #leavingBytes = 0;
  #runningCount = 0;
  #askerCount = 0;

  constructor(leavingBytesMax: number = FILES_LIMITS.listsLeavingBytesMax) {
    this.#leavingBytesMax = leavingBytesMax;
  }

  /** What `work` finds, once for all that ask meanwhile by the same key, which says all that the result depends on. Undefined: too many wait. */
  share<T>(key: string, work: () => Promise<T>): Promise<T> | undefined {
    if (this.#askerCount >= FILES_LIMITS.listsWaitingMax) {
      return undefined;
    }
    this.#askerCount += 1;
    // The key says what it is that is found.
    let working = this.#working.get(key) as Promise<T> | undefined;
    if (working === undefined) {
      working = this.#inTurn(work).finally(() => this.#working.delete(key));
      this.#working.set(key, working);
    }
    return working.finally(() => {
      this.#askerCount -= 1;
    });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#runningCount >= FILES_LIMITS.listsRunningMax) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#runningCount += 1;
    try {
      return await work();
    } finally {
      this.#runningCount -= 1;
      this.#waiting.shift()?.();
    }
  }

  /** Notes that a response with the list leaves; what this returns is called when it has. Undefined: those that leave already have too much. */
  leave(list: Buffer): (() => void) | undefined {
    const count = this.#leaving.get(list) ?? 0;
    // The first may be of any size: the number of entries bounds it.
    if (count === 0 && this.#leavingBytes > 0 && this.#leavingBytes + list.length > this.#leavingBytesMax) {
      return undefined;
    }
    this.#leavingBytes += count === 0 ? list.length : 0;
    this.#leaving.set(list, count + 1);
    return () => this.#left(list);
  }

  #left(list: Buffer): void {
    const count = this.#leaving.get(list) ?? 0;
    if (count > 1) {
      this.#leaving.set(list, count - 1);
    } else if (this.#leaving.delete(list)) {
      this.#leavingBytes -= list.length;
    }
  }
}
