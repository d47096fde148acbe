/**
 * Directives in blocks in which they may not be. One forgotten or superfluous brace moves all that follows into another block: such faults
 * are kept until the end of the file, when it is known whether its braces come out even, and then told once for each brace.
 */

import type { Place } from '../../place.ts';
import type { DirectiveTable } from './directive-table.ts';
import type { Frame } from './frame.ts';
import type { Hint, NginxReport } from './report.ts';
import type { Mark, Token, Word } from './token.ts';

interface Stranger {
  readonly name: Word;
  /** The open block in which it stands. */
  readonly frame: Frame;
  /** A block around that one, in which it may be. */
  readonly around: Frame | undefined;
  /** A block before it that is closed, in which it may be. */
  readonly before: Frame | undefined;
}

export class Misplaced {
  readonly #table: DirectiveTable;
  readonly #report: NginxReport;
  readonly #strangers: Stranger[] = [];
  #hasExtraBrace = false;
  /** Where a closing brace stands below the beginning of a block farther out: the one before it is probably missing. */
  #suspicion: { readonly frame: Frame; readonly place: Place; readonly line: number } | undefined;

  constructor(table: DirectiveTable, report: NginxReport) {
    this.#table = table;
    this.#report = report;
  }

  add(name: Word, stack: readonly Frame[]): void {
    const frame = stack.at(-1) as Frame;
    const fits = (one: Frame | undefined) =>
      one?.kind !== undefined && this.#table.find(name.text, one.kind) !== undefined ? one : undefined;
    const around = stack.slice(0, -1).findLast((one) => fits(one) !== undefined);
    this.#strangers.push({ name, frame, around, before: fits(frame.closed) });
  }

  noteExtraBrace(): void {
    this.#hasExtraBrace = true;
  }

  noteEnd(frame: Frame, stack: readonly Frame[], previous: Token | undefined, mark: Mark): void {
    if (this.#suspicion !== undefined || previous === undefined || previous.line === mark.line) {
      return;
    }
    const column = columnOf(mark.place);
    const own = columnOf(frame.opener?.place);
    const isBelowAnother = stack.slice(1, -1).some(({ opener }) => columnOf(opener?.place) === column);
    if (own !== undefined && own !== column && isBelowAnother) {
      this.#suspicion = { frame, place: previous.place, line: previous.line };
    }
  }

  /** At the end of the file: `stack` is what is still open. */
  tell(stack: readonly Frame[], last: Token | undefined): void {
    const isOpen = stack.length > 1;
    const told = new Set<Frame>();
    for (const stranger of this.#strangers) {
      const { name, frame } = stranger;
      const cause = this.#causeOf(stranger, isOpen);
      if (cause === undefined) {
        this.#tellOne(name, () => `It may be in ${this.#table.whereabouts(name.text)}.`);
      } else if (!told.has(cause)) {
        told.add(cause);
        const isUnclosed = cause === frame;
        // The end of the file says it, at the place where the brace is probably missing.
        if (isUnclosed && this.#suspicion !== undefined) continue;
        const question = isUnclosed ? 'Is the "}" of' : 'Is there a "}" too many in';
        this.#tellOne(name, `${question} ${describe(cause)}${isUnclosed ? ' missing' : ''}?`);
      }
    }
    if (isOpen && last !== undefined && (this.#suspicion !== undefined || told.size === 0)) {
      const { place, frame } = this.#suspicion ?? { place: last.place, frame: stack.at(-1) as Frame };
      this.#report('nginx.unexpected-end', place, 'unexpected end of file, expecting "}"', {
        hint: `${upper(describe(frame))} is not closed.`,
      });
    }
  }

  /** The block whose brace is missing, or one too many, so that a directive is where it may not be. */
  #causeOf({ name, frame, around, before }: Stranger, isOpen: boolean): Frame | undefined {
    if (isOpen && around !== undefined && name.line > (this.#suspicion?.line ?? 0)) {
      return frame;
    }
    return this.#hasExtraBrace ? before : undefined;
  }

  #tellOne(name: Word, hint: Hint): void {
    this.#report('nginx.not-allowed-here', name.place, `"${name.text}" directive is not allowed here`, { hint });
  }
}

function describe({ opener }: Frame): string {
  return opener === undefined ? 'the block' : `the block "${opener.text}" of line ${opener.line}`;
}

function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function columnOf(place: Place | undefined): number | undefined {
  return place?.kind === 'file' ? place.column : undefined;
}
