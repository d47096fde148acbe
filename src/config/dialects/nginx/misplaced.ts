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

/** A closing brace, and the block that it closes. */
interface Brace {
  readonly frame: Frame;
  readonly place: Place;
  readonly line: number;
}

export class Misplaced {
  readonly #table: DirectiveTable;
  readonly #report: NginxReport;
  readonly #strangers: Stranger[] = [];
  /** Closing braces that close no block. */
  readonly #extra: Mark[] = [];
  /** The first closing brace that does not stand where its block begins: it may be the one that is too many. */
  #stranger: Brace | undefined;
  /** Where, by the columns, a block should have been closed before; used if one is open at the end. */
  #gap: { readonly frame: Frame; readonly place: Place; readonly line: number } | undefined;

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

  noteExtraBrace(mark: Mark): void {
    this.#extra.push(mark);
  }

  /** A directive begins: `column` is its own if it is the first on its line. */
  noteBeginning(
    frame: Frame,
    begun: { readonly column: number | undefined; readonly previous: Token | undefined; readonly isAllowed: boolean },
  ): void {
    const { column, previous, isAllowed } = begun;
    if (column === undefined || frame.column === undefined || column > frame.column || previous === undefined) {
      return;
    }
    // In a file without indents columns say nothing, unless the directive cannot be meant to stand here.
    const isOutdented = frame.childColumn === undefined ? !isAllowed : frame.childColumn > frame.column;
    if (isOutdented) this.#noteGap(frame, previous);
  }

  noteEnd(frame: Frame, stack: readonly Frame[], previous: Token | undefined, mark: Mark): void {
    const isFirst = previous !== undefined && previous.line < mark.line;
    const column = isFirst && mark.place.kind === 'file' ? mark.place.column : undefined;
    const isMisaligned = column !== undefined && frame.column !== undefined && column !== frame.column;
    const isSecond = previous?.kind === '}' && !isFirst && frame.opener !== undefined && frame.opener.line < mark.line;
    if (isMisaligned || isSecond) {
      this.#stranger ??= { frame, place: mark.place, line: mark.line };
    }
    if (isMisaligned && previous !== undefined && stack.slice(1, -1).some((around) => around.column === column)) {
      this.#noteGap(frame, previous);
    }
  }

  /** The brace is missing on the line behind what was last in the block. */
  #noteGap(frame: Frame, { place, line }: Token): void {
    if (place.kind === 'file') {
      const gap: Place = { ...place, line: line + 1, column: frame.column ?? 1, length: 1 };
      this.#gap ??= { frame, line, place: gap };
    }
  }

  /** At the end of the file: `stack` is what is still open. */
  tell(stack: readonly Frame[], last: Token | undefined): void {
    const isOpen = stack.length > 1;
    const told = new Set<Frame>();
    const moved = this.#extra.length > 0 ? this.#strangers.find(({ before }) => before !== undefined) : undefined;
    const brace = this.#braceBefore(moved);
    for (const misplaced of this.#strangers) {
      const { name, frame } = misplaced;
      const cause = this.#causeOf(misplaced, isOpen);
      if (cause === undefined) {
        this.#tellOne(name, () => `It may be in ${this.#table.whereabouts(name.text)}.`);
      } else if (!told.has(cause)) {
        told.add(cause);
        const isUnclosed = cause === frame;
        // What is told of the brace itself says it, at the place where it is missing or too many.
        if (isUnclosed ? this.#gap !== undefined : brace !== undefined) continue;
        const question = isUnclosed ? 'Is the "}" of' : 'Is there a "}" too many in';
        this.#tellOne(name, `${question} ${describe(cause)}${isUnclosed ? ' missing' : ''}?`);
      }
    }
    this.#tellExtra(brace ?? braceThatMoved(moved));
    if (isOpen && last !== undefined && (this.#gap !== undefined || told.size === 0)) {
      const { place, frame } = this.#gap ?? { place: last.place, frame: stack.at(-1) as Frame };
      this.#report('nginx.unexpected-end', place, 'unexpected end of file, expecting "}"', {
        hint: `${upper(describe(frame))} is not closed.`,
      });
    }
  }

  /** A brace that stands where no block begins, unless it is behind what is misplaced: it cannot have moved that there. */
  #braceBefore(moved: Stranger | undefined): Brace | undefined {
    const stranger = this.#stranger;
    return moved === undefined || stranger === undefined || stranger.line <= moved.name.line ? stranger : undefined;
  }

  /** `first` is where the first of the braces that are too many seems to stand; without it, where there is no block left to close. */
  #tellExtra(first: Brace | undefined): void {
    for (const [index, mark] of this.#extra.entries()) {
      const brace = index === 0 ? first : undefined;
      this.#report('nginx.unexpected', brace?.place ?? mark.place, 'unexpected "}"', {
        hint:
          brace === undefined
            ? 'It closes no block: either it is one too many, or a "{" before is missing.'
            : `It closes ${describe(brace.frame)}, and seems to be one too many.`,
      });
    }
  }

  /** The block whose brace is missing, or one too many, so that a directive is where it may not be. */
  #causeOf({ name, frame, around, before }: Stranger, isOpen: boolean): Frame | undefined {
    if (isOpen && around !== undefined && name.line > (this.#gap?.line ?? 0)) {
      return frame;
    }
    return this.#extra.length > 0 ? before : undefined;
  }

  #tellOne(name: Word, hint: Hint): void {
    this.#report('nginx.not-allowed-here', name.place, `"${name.text}" directive is not allowed here`, { hint });
  }
}

/** What is misplaced stands deeper than the block before it: that block was closed too early. */
function braceThatMoved(moved: Stranger | undefined): Brace | undefined {
  const frame = moved?.before;
  const place = moved?.name.place;
  const isDeeper = place?.kind === 'file' && frame?.column !== undefined && place.column > frame.column;
  return isDeeper && frame?.end !== undefined ? { frame, place: frame.end.place, line: frame.end.line } : undefined;
}

function describe({ opener }: Frame): string {
  return opener === undefined ? 'the block' : `the block "${opener.text}" of line ${opener.line}`;
}

function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
