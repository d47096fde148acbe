/**
 * What the directives of one block say, before anything is made of it. A block sees what the blocks around it say, which is nginx's
 * inheritance: the nearest block that says something about a key decides about it as a whole, so that one `add_header` in a location
 * takes the place of all of the server's.
 */

import type { Place } from '../../place.ts';
import type { BlockKind } from './block-kind.ts';
import type { Word } from './token.ts';

/** A key knows the type of its values. Each belongs to the file of the directives that set it. */
export interface DraftKey<T> {
  readonly name: string;
  /** For the compiler only: there is no such value. */
  readonly type?: T;
}

export function draftKey<T>(name: string): DraftKey<T> {
  return { name };
}

export class Draft {
  readonly kind: BlockKind;
  readonly parent: Draft | undefined;
  /** Of the directive that opens the block; of the file's beginning for the whole. */
  readonly place: Place;
  /** What stands behind the block's name: the path of a location, the condition of an `if`. */
  readonly words: readonly Word[];
  /** Blocks in it that hold directives, in their order. */
  readonly children: Draft[] = [];
  readonly #own = new Map<DraftKey<unknown>, unknown>();

  constructor(kind: BlockKind, place: Place, words: readonly Word[] = [], parent?: Draft) {
    this.kind = kind;
    this.place = place;
    this.words = words;
    this.parent = parent;
    parent?.children.push(this);
  }

  set<T>(key: DraftKey<T>, value: T): void {
    this.#own.set(key, value);
  }

  /** For a key whose directive may be given several times in a block. */
  append<T>(key: DraftKey<readonly T[]>, item: T): void {
    // Only this method adds to the array, which readers see as one that cannot be changed; a new one for each of 10,000 `deny` takes a second.
    const items = this.own(key) as T[] | undefined;
    if (items === undefined) {
      this.set(key, [item]);
    } else {
      items.push(item);
    }
  }

  /** Undefined unless it is said in this very block. */
  own<T>(key: DraftKey<T>): T | undefined {
    // `set` has put in what the key's type says.
    return this.#own.get(key) as T | undefined;
  }

  /** As it is said here, or in the nearest block around it. */
  get<T>(key: DraftKey<T>): T | undefined {
    return this.#own.has(key) ? this.own(key) : this.parent?.get(key);
  }

  /** The nearest block of a kind, this one included. */
  within(kind: BlockKind): Draft | undefined {
    return this.kind === kind ? this : this.parent?.within(kind);
  }

  /** Whether this very block says anything about one of the keys. */
  says(keys: readonly DraftKey<unknown>[]): boolean {
    return keys.some((key) => this.#own.has(key));
  }
}
