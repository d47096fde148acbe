/** What nginx's files say, as a tree: directives in blocks, with what is included where it is included. */

import type { BlockKind } from './block-kind.ts';
import type { Row } from './row.ts';
import type { Word } from './token.ts';

export interface Directive {
  readonly name: Word;
  readonly args: readonly Word[];
  /** Undefined for one that is not known or may not be here, and for entries of `map`, `types` and their like. */
  readonly row: Row | undefined;
  /** There is a row, and as many arguments as it wants. */
  readonly isSound: boolean;
  /** What stands in its braces. */
  readonly block: Block | undefined;
  /** Of `include`: what the files say, in their order. */
  readonly included?: readonly Directive[];
}

export interface Block {
  /** Undefined inside of a directive that is not known, where nothing can be said of anything. */
  readonly kind: BlockKind | undefined;
  readonly directives: readonly Directive[];
}

/** The directives of a block as if all that is included were written in it. */
export function* directivesIn(directives: readonly Directive[]): Generator<Directive> {
  for (const directive of directives) {
    if (directive.included === undefined) {
      yield directive;
    } else {
      yield* directivesIn(directive.included);
    }
  }
}
