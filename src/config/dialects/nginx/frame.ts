import type { BlockKind } from './block-kind.ts';
import type { Row } from './row.ts';
import type { Mark, Word } from './token.ts';
import type { Directive } from './tree.ts';

/** A block that is open. */
export interface Frame {
  readonly opener: Word | undefined;
  readonly args: readonly Word[];
  readonly row: Row | undefined;
  readonly isSound: boolean;
  readonly kind: BlockKind | undefined;
  readonly directives: Directive[];
  /** Of its directive, if that is the first on its line. */
  readonly column: number | undefined;
  /** Of the first directive in it, in the same way. */
  childColumn: number | undefined;
  /** Its closing brace. */
  end: Mark | undefined;
  /** The block in it that was closed last. */
  closed: Frame | undefined;
}
