/** The arguments of a directive, which have been read by the types of its row. */

import type { Template } from '../../model/template.ts';
import type { Place } from '../../place.ts';
import type { Entry } from './entries.ts';
import type { Word } from './token.ts';
import { placeWithin } from './token.ts';
import type { Value } from './value-types.ts';
import { parseText } from './variables-in-text.ts';

export class GivenArguments {
  /** The directive's name. */
  readonly directive: Word;
  readonly words: readonly Word[];
  /** What stands in the block, where the directive holds entries: `map`, `types` and their like. */
  readonly entries: readonly Entry[];
  readonly #values: readonly Value[];

  constructor(directive: Word, words: readonly Word[], values: readonly Value[], entries: readonly Entry[] = []) {
    this.entries = entries;
    this.directive = directive;
    this.words = words;
    this.#values = values;
  }

  get count(): number {
    return this.words.length;
  }

  /** '' where there is none. */
  text(index: number): string {
    return this.words[index]?.text ?? '';
  }

  /** The texts from an index on. */
  texts(from = 0): readonly string[] {
    return this.words.slice(from).map(({ text }) => text);
  }

  /** Of an argument of the type `flag`. */
  flag(index: number): boolean {
    return this.#values[index] === true;
  }

  /** Of an argument whose type is a number, a size or a time. */
  number(index: number): number {
    return Number(this.#values[index] ?? 0);
  }

  /** One of the words of the argument's type, as the row writes it. */
  word(index: number): string {
    return String(this.#values[index] ?? '');
  }

  /** Of an argument of the type `text`. */
  template(index: number): Template {
    return parseText(this.text(index)).template;
  }

  /** Of an argument, or of the directive where there is none. */
  place(index: number): Place {
    return (this.words[index] ?? this.directive).place;
  }

  /** Of a piece of an argument. */
  placeWithin(index: number, offset: number, length: number): Place {
    const word = this.words[index];
    return word === undefined ? this.directive.place : placeWithin(word, offset, length);
  }
}
