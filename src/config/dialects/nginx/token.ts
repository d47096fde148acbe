/** The pieces of nginx's language. */

import type { Place } from '../../place.ts';

export interface Word {
  readonly kind: 'word';
  /** Without its quotes, and with its escapes replaced. */
  readonly text: string;
  readonly place: Place;
  readonly isQuoted: boolean;
  /** The text stands in the file as it is, on one line: a character of it has a column of its own. */
  readonly isVerbatim: boolean;
  /** The lines on which it begins and ends. */
  readonly line: number;
  readonly endLine: number;
}

export interface Mark {
  readonly kind: ';' | '{' | '}';
  readonly place: Place;
  readonly line: number;
}

export type Token = Word | Mark;

/** Where a piece of a word stands; the whole word where that cannot be told. */
export function placeWithin(word: Word, offset: number, length: number): Place {
  const { place, isQuoted, isVerbatim } = word;
  if (place.kind !== 'file' || !isVerbatim) {
    return place;
  }
  return { ...place, column: place.column + (isQuoted ? 1 : 0) + offset, length };
}

/** Just behind a word: where something is missing. */
export function placeBehind({ place, isVerbatim }: Word): Place {
  return place.kind === 'file' && isVerbatim ? { ...place, column: place.column + place.length, length: 1 } : place;
}
