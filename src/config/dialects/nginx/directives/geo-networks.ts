/**
 * The networks of a `geo` while its block is read: what is said later takes the place of the same network, and `delete` takes one back. With `ranges`, a range cuts those
 * that hold it, and each of the pieces may be taken back by itself.
 */

import type { AddressRange } from '../../../../kernel/addresses/parse-network.ts';
import { parseAddressRange, parseNetwork } from '../../../../kernel/addresses/parse-network.ts';

interface Said extends AddressRange {
  readonly text: string;
  readonly value: string;
}

/** nginx keeps ranges by the first two bytes of their addresses, so each range is cut there. */
const SLICE = 65_536n;

export class GeoNetworks {
  #said: readonly Said[] = [];
  /** By family and borders. */
  readonly #keys = new Set<string>();

  /** What is no network has been told of, and is left out. */
  set(text: string, value: string): void {
    const range = text.includes('-') ? parseAddressRange(text) : parseNetwork(text);
    if (range === undefined) {
      return;
    }
    const { family, first, last } = range;
    const key = keyOf(range);
    // Looked for only if it is there: files have a hundred thousand networks.
    if (this.#keys.has(key)) {
      this.#said = this.#said.filter((each) => keyOf(each) !== key);
    }
    this.#keys.add(key);
    (this.#said as Said[]).push({ family, first, last, text, value });
  }

  /** False: there is nothing of the kind. */
  delete(text: string): boolean {
    const network = parseNetwork(text);
    const range = network ?? parseAddressRange(text);
    if (range === undefined) {
      return true;
    }
    if (network !== undefined) {
      return this.#replace([range], () => []);
    }
    const held = this.#said.filter((each) => isWithin(range, each));
    return held.length > 0 && this.#isPiece(range) && this.#replace(held, (each) => cut(each, range));
  }

  get entries(): readonly (readonly [string, string])[] {
    return this.#said.map(({ text, value }) => [text, value]);
  }

  /** Whether ranges begin or end at its borders, and none between them. */
  #isPiece({ first, last }: AddressRange): boolean {
    const borders = new Set(this.#said.flatMap((each) => [each.first, each.last + 1n]));
    const isBorder = (address: bigint): boolean => address % SLICE === 0n || borders.has(address);
    return isBorder(first) && isBorder(last + 1n) && ![...borders].some((border) => border > first && border <= last);
  }

  #replace(gone: readonly AddressRange[], by: (said: Said) => readonly Said[]): boolean {
    const keys = new Set(gone.map(keyOf));
    const found = this.#said.some((each) => keys.has(keyOf(each)));
    this.#said = this.#said.flatMap((each) => (keys.has(keyOf(each)) ? by(each) : [each]));
    this.#keys.clear();
    for (const each of this.#said) {
      this.#keys.add(keyOf(each));
    }
    return found;
  }
}

function keyOf({ family, first, last }: AddressRange): string {
  return `${family} ${first}-${last}`;
}

function isWithin(inner: AddressRange, outer: AddressRange): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** What is left of a range, in front and behind. */
function cut(said: Said, { first, last }: AddressRange): readonly Said[] {
  return [pieceOf(said, said.first, first - 1n), pieceOf(said, last + 1n, said.last)].filter(
    (piece) => piece.first <= piece.last,
  );
}

function pieceOf({ value }: Said, first: bigint, last: bigint): Said {
  return { family: 4, first, last, value, text: `${dotted(first)}-${dotted(last)}` };
}

function dotted(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((bits) => (address >> bits) & 0xffn).join('.');
}
