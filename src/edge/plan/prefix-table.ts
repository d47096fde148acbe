/**
 * Finds the longest of many prefixes of a path: a binary search among the sorted prefixes, then a few steps up from the one that stands before the path in that
 * order. Every prefix of the path is a prefix of that one too, because whatever stands between a prefix of the path and the path begins with it.
 */

export class PrefixTable<T> {
  readonly #texts: readonly string[];
  readonly #values: readonly T[];
  /** For each prefix, the index of the longest other one that it begins with; -1: none. */
  readonly #parents: readonly number[];

  /** Of entries with one text the first counts. */
  constructor(entries: readonly (readonly [string, T])[]) {
    const first = new Map<string, T>();
    for (const [text, value] of entries) {
      if (!first.has(text)) {
        first.set(text, value);
      }
    }
    const sorted = [...first].sort(([a], [b]) => (a < b ? -1 : 1));
    this.#texts = sorted.map(([text]) => text);
    this.#values = sorted.map(([, value]) => value);
    const parents: number[] = [];
    this.#texts.forEach((text, index) => {
      let parent = index - 1;
      while (parent >= 0 && !text.startsWith(this.#texts[parent] ?? '')) {
        parent = parents[parent] ?? -1;
      }
      parents.push(parent);
    });
    this.#parents = parents;
  }

  find(path: string): T | undefined {
    let index = this.#lastUpTo(path);
    while (index >= 0 && !path.startsWith(this.#texts[index] ?? '')) {
      index = this.#parents[index] ?? -1;
    }
    return this.#values[index];
  }

  /** The index of the last text that does not stand behind the path in the order; -1: none. */
  #lastUpTo(path: string): number {
    let low = 0;
    let high = this.#texts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#texts[middle] ?? '') <= path) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }
}
