/** Choices at random, the same ones again for the same seed. */

import { seededRandom } from '../../seeded-random.ts';

export class Chooser {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  of<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }

  count(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }

  chance(part: number): boolean {
    return this.#random() < part;
  }

  many<T>(from: number, to: number, make: () => T): T[] {
    return Array.from({ length: this.count(from, to) }, make);
  }

  /** One of the phrases, with one of the choices for each `«a¦b»` in it, in which there may be others. */
  phrase(phrases: readonly string[]): string {
    let text = this.of(phrases);
    for (let before = ''; before !== text; ) {
      before = text;
      // The innermost first, each by itself: what it becomes may be a part of the choice around it.
      text = text.replace(/«([^«»]*)»/, (_, choices: string) => this.of(choices.split('¦')));
    }
    return text;
  }
}

/** The lines of a text, without the empty ones. */
export function phrasesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
