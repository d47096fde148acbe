/** The table of directives, asked by name and by the block in which one is. */

import { nearestWord } from '../../nearest.ts';
import type { BlockKind } from './block-kind.ts';
import { BLOCK_NAMES } from './block-kind.ts';
import type { Row } from './row.ts';

/** What is longer is no slip of the fingers; comparing it with a thousand names takes long. */
const NAME_LENGTH_MAX = 64;

export class DirectiveTable {
  readonly rows: readonly Row[];
  /** A file of another kind has the same unknown word in many lines; there are no more entries than faults that are told. */
  readonly #nearest = new Map<string, string | undefined>();
  readonly #byName = new Map<string, Row[]>();

  constructor(rows: readonly Row[]) {
    this.rows = rows;
    for (const row of rows) {
      const same = this.#byName.get(row.name);
      if (same === undefined) {
        this.#byName.set(row.name, [row]);
      } else {
        same.push(row);
      }
    }
  }

  /** All that a name means, each in blocks of its own. */
  rowsOf(name: string): readonly Row[] {
    return this.#byName.get(name) ?? [];
  }

  find(name: string, kind: BlockKind): Row | undefined {
    return this.#byName.get(name)?.find(({ contexts }) => contexts.includes(kind));
  }

  /** The name that was probably meant: first among those that may be in the block. */
  nearest(name: string, kind: BlockKind): string | undefined {
    if (name.length > NAME_LENGTH_MAX) {
      return undefined;
    }
    const key = `${kind} ${name}`;
    if (!this.#nearest.has(key)) {
      this.#nearest.set(key, this.#findNearest(name.toLowerCase(), kind));
    }
    return this.#nearest.get(key);
  }

  #findNearest(lower: string, kind: BlockKind): string | undefined {
    if (this.#byName.has(lower)) {
      return lower;
    }
    const inBlock = this.rows.filter(({ contexts }) => contexts.includes(kind)).map((row) => row.name);
    return nearestWord(lower, inBlock) ?? nearestWord(lower, this.#byName.keys());
  }

  /** Where a directive may be, in words: `"http", "server" or "location"`. */
  whereabouts(name: string): string {
    const kinds = new Set(this.rowsOf(name).flatMap(({ contexts }) => contexts));
    const names = [...kinds].map((kind) => BLOCK_NAMES[kind]);
    const last = names.pop() ?? '';
    return names.length === 0 ? last : `${names.join(', ')} or ${last}`;
  }
}
