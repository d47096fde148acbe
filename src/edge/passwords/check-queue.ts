/**
 * Checks that wait for the thread. Clients have their turns one after another, each with what it has sent first, so that one that tries a thousand passwords waits for
 * itself and not the others for it.
 */

export class CheckQueue<T> {
  readonly #bounds: { readonly sizeMax: number; readonly ofClientMax: number };
  /** In the order of their turns. */
  readonly #byClient = new Map<string, T[]>();
  #size = 0;

  constructor(bounds: { readonly sizeMax: number; readonly ofClientMax: number }) {
    this.#bounds = bounds;
  }

  /** What has no place, for there is an end to it: this one, or when all places are taken the last one of the client that has most. */
  push(client: string, item: T): T | undefined {
    const own = this.#byClient.get(client) ?? [];
    const { sizeMax, ofClientMax } = this.#bounds;
    let dropped: T | undefined;
    if (own.length >= ofClientMax) {
      return item;
    }
    if (this.#size >= sizeMax) {
      const longest = this.#longest();
      if (longest.length <= own.length + 1) {
        return item;
      }
      dropped = longest.pop();
      this.#size -= 1;
    }
    own.push(item);
    this.#byClient.set(client, own);
    this.#size += 1;
    return dropped;
  }

  shift(): T | undefined {
    const [first] = this.#byClient;
    if (first === undefined) {
      return undefined;
    }
    const [client, items] = first;
    const item = items.shift();
    this.#byClient.delete(client);
    if (items.length > 0) {
      this.#byClient.set(client, items);
    }
    this.#size -= 1;
    return item;
  }

  #longest(): T[] {
    let longest: T[] = [];
    for (const items of this.#byClient.values()) {
      longest = items.length > longest.length ? items : longest;
    }
    return longest;
  }
}
