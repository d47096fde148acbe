/**
 * Values by address, for rules of any number: whatever lies over each other is taken apart when the table is made, and a look-up is a search by halves over borders,
 * fifteen comparisons for ten thousand networks.
 */

import { disjointRanges } from './disjoint-ranges.ts';
import type { Address } from './parse-address.ts';
import { newAddress, parseAddress } from './parse-address.ts';
import type { AddressRange } from './parse-network.ts';

export interface AddressEntry<T> {
  readonly range: AddressRange;
  readonly value: T;
}

/**
 * Which entry counts where several hold an address. `first`: the one that stands first, as with allow and deny. `narrowest`: the smallest, and of equal ones the
 * last, as with networks of geo. `last`: the one that stands last.
 */
export type Precedence = 'first' | 'narrowest' | 'last';

const WORD_BITS = 32n;
const WORDS = 4;

/** Of one family: at each border the value changes. */
class Borders<T> {
  readonly #words: number;
  readonly #borders: Uint32Array;
  readonly #values: (T | undefined)[] = [];

  constructor(entries: readonly AddressEntry<T>[], family: 4 | 6, rankOf: (index: number) => number) {
    this.#words = family === 4 ? 1 : WORDS;
    const ranked = entries.flatMap(({ range, value }, index) =>
      range.family === family ? [{ ...range, value, rank: rankOf(index) }] : [],
    );
    const borders: bigint[] = [];
    for (const { first, last, value } of disjointRanges(ranked)) {
      if (borders.at(-1) === first) {
        this.#values[this.#values.length - 1] = value;
      } else {
        borders.push(first);
        this.#values.push(value);
      }
      borders.push(last + 1n);
      this.#values.push(undefined);
    }
    // Behind the last address there is nothing to look for.
    if (borders.at(-1) === 1n << (WORD_BITS * BigInt(this.#words))) {
      borders.pop();
      this.#values.pop();
    }
    this.#borders = Uint32Array.from(borders.flatMap((border) => this.#wordsOf(border)));
  }

  get isEmpty(): boolean {
    return this.#values.length === 0;
  }

  find(words: Uint32Array): T | undefined {
    let low = 0;
    let high = this.#values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#isAbove(middle, words)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return this.#values[low - 1];
  }

  #isAbove(border: number, words: Uint32Array): boolean {
    const start = border * this.#words;
    for (let index = 0; index < this.#words; index += 1) {
      const difference = (this.#borders[start + index] ?? 0) - (words[index] ?? 0);
      if (difference !== 0) {
        return difference > 0;
      }
    }
    return false;
  }

  #wordsOf(border: bigint): number[] {
    return Array.from({ length: this.#words }, (_, index) =>
      Number((border >> (WORD_BITS * BigInt(this.#words - 1 - index))) & 0xffffffffn),
    );
  }
}

export class AddressTable<T> {
  readonly #v4: Borders<T>;
  readonly #v6: Borders<T>;
  readonly #address: Address = newAddress();

  constructor(entries: readonly AddressEntry<T>[], precedence: Precedence) {
    const ranks = ranksOf(entries, precedence);
    this.#v4 = new Borders(entries, 4, (index) => ranks[index] ?? 0);
    this.#v6 = new Borders(entries, 6, (index) => ranks[index] ?? 0);
  }

  get isEmpty(): boolean {
    return this.#v4.isEmpty && this.#v6.isEmpty;
  }

  /** Undefined: no entry holds it, or it is no address. */
  find(text: string): T | undefined {
    return parseAddress(text, this.#address) ? this.findAddress(this.#address) : undefined;
  }

  findAddress({ family, words }: Address): T | undefined {
    return (family === 4 ? this.#v4 : this.#v6).find(words);
  }
}

function ranksOf<T>(entries: readonly AddressEntry<T>[], precedence: Precedence): readonly number[] {
  switch (precedence) {
    case 'first':
      return entries.map((_, index) => entries.length - index);
    case 'last':
      return entries.map((_, index) => index);
    case 'narrowest': {
      const ranks: number[] = [];
      const size = ({ range }: AddressEntry<T>): bigint => range.last - range.first;
      entries
        .map((entry, index) => ({ size: size(entry), index }))
        .sort((one, other) => (one.size === other.size ? one.index - other.index : one.size > other.size ? -1 : 1))
        .forEach(({ index }, rank) => {
          ranks[index] = rank;
        });
      return ranks;
    }
  }
}
