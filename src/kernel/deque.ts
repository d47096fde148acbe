/** A queue with cheap ends. Not bounded itself: whoever fills it checks `size` against a named limit. */
export class Deque<T> {
  #items: (T | undefined)[] = new Array<T | undefined>(16);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    this.#grow();
    this.#items[(this.#head + this.#size) & (this.#items.length - 1)] = item;
    this.#size += 1;
  }

  unshift(item: T): void {
    this.#grow();
    this.#head = (this.#head - 1) & (this.#items.length - 1);
    this.#items[this.#head] = item;
    this.#size += 1;
  }

  peek(): T | undefined {
    return this.#size === 0 ? undefined : this.#items[this.#head];
  }

  shift(): T | undefined {
    if (this.#size === 0) {
      return undefined;
    }
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#items.length - 1);
    this.#size -= 1;
    return item;
  }

  /** The first that is meant; looks at each in turn. */
  find(isMeant: (item: T) => boolean): T | undefined {
    for (let index = 0; index < this.#size; index += 1) {
      const item = this.#items[(this.#head + index) & (this.#items.length - 1)];
      if (item !== undefined && isMeant(item)) {
        return item;
      }
    }
    return undefined;
  }

  /** Takes everything out, first to last. */
  takeAll(): T[] {
    const items: T[] = [];
    for (let item = this.shift(); item !== undefined; item = this.shift()) {
      items.push(item);
    }
    return items;
  }

  #grow(): void {
    const length = this.#items.length;
    if (this.#size < length) {
      return;
    }
    const larger = new Array<T | undefined>(length * 2);
    for (let index = 0; index < length; index += 1) {
      larger[index] = this.#items[(this.#head + index) & (length - 1)];
    }
    this.#items = larger;
    this.#head = 0;
  }
}
