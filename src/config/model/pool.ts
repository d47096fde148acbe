/** Values that stand once in the model, and are named by their index. Equal ones get the same. */

export class Pool<T> {
  readonly #values: T[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #keyOf: (value: T) => string;

  /** `keyOf`: the same for equal values alone. */
  constructor(keyOf: (value: T) => string = JSON.stringify) {
    this.#keyOf = keyOf;
  }

  get values(): readonly T[] {
    return this.#values;
  }

  add(value: T): number {
    const key = this.#keyOf(value);
    const known = this.#indexes.get(key);
    if (known !== undefined) {
      return known;
    }
    this.#indexes.set(key, this.#values.push(value) - 1);
    return this.#values.length - 1;
  }
}
