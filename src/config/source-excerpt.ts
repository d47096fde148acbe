/** A diagnostic with the line that it is about and a caret below the words that are meant: for who reads it on a terminal. */

import type { Diagnostic, Severity } from './diagnostic.ts';
import type { FilePlace } from './place.ts';
import { renderPlace } from './place.ts';

/** A line of a file is shown as far as a wide terminal does without wrapping it, which would move the caret. */
const EXCERPT_CHARACTERS_MAX = 140;
/** Of a longer line, how much is shown before what is meant. */
const BEFORE_CHARACTERS_MAX = 60;

/** As people are told of it. */
export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'hint' };

/** The text of a file that was read, by the name that its places have. */
export type TextOf = (file: string) => string | undefined;

/**
 * Lines of files, looked up one after another. A file with a fault in each line has its text read once and gone through once: diagnostics are told in the order of
 * the lines, and a search that began at the top each time took minutes.
 */
export class SourceLines {
  readonly #textOf: TextOf;
  #file: string | undefined;
  #text = '';
  /** Where the line that was found last begins. */
  #start = 0;
  #number = 1;

  constructor(textOf: TextOf) {
    this.#textOf = textOf;
  }

  /** Undefined: the line is empty, or not there. */
  find({ file, line }: Pick<FilePlace, 'file' | 'line'>): string | undefined {
    if (this.#file !== file) {
      this.#file = file;
      this.#text = this.#textOf(file) ?? '';
      this.#rewind();
    } else if (line < this.#number) {
      this.#rewind();
    }
    for (; this.#number < line; this.#number += 1) {
      const end = this.#text.indexOf('\n', this.#start);
      if (end < 0) {
        return undefined;
      }
      this.#start = end + 1;
    }
    const end = this.#text.indexOf('\n', this.#start);
    const found = this.#text.slice(this.#start, end < 0 ? undefined : end);
    return found === '' ? undefined : found;
  }

  #rewind(): void {
    this.#start = 0;
    this.#number = 1;
  }
}

export function renderWithExcerpt(diagnostic: Diagnostic, lines: SourceLines): string {
  const { severity, place, message, hint } = diagnostic;
  const head = `${renderPlace(place)}: ${SEVERITY_WORDS[severity]}: ${message}\n`;
  const line = place.kind === 'file' ? lines.find(place) : undefined;
  if (place.kind !== 'file' || line === undefined) {
    return `${head}${renderHint(hint, 2)}`;
  }
  const number = String(place.line);
  const margin = ' '.repeat(number.length);
  const { shown, before } = cut(line, place);
  // Tabs stay tabs, so that the caret stands under its word whatever the terminal makes of them.
  const indent = before.replaceAll(/[^\t]/g, ' ');
  const length = Math.max(1, Math.min(place.length, shown.length - before.length));
  return `${head}  ${number} | ${shown}\n  ${margin} | ${indent}${'^'.repeat(length)}\n${renderHint(hint, 3 + number.length)}`;
}

function renderHint(hint: string | undefined, indent: number): string {
  const lines = hint === undefined ? [] : hint.split('\n');
  return lines.map((line) => `${' '.repeat(indent)}= ${line}\n`).join('');
}

function cut(line: string, { column }: FilePlace): { readonly shown: string; readonly before: string } {
  const isLong = line.length > EXCERPT_CHARACTERS_MAX;
  const from = isLong ? Math.max(0, column - 1 - BEFORE_CHARACTERS_MAX) : 0;
  const to = isLong ? from + EXCERPT_CHARACTERS_MAX : line.length;
  const lead = from > 0 ? '…' : '';
  return {
    shown: `${lead}${harmless(line.slice(from, to))}${to < line.length ? '…' : ''}`,
    before: `${lead}${harmless(line.slice(from, Math.max(from, column - 1)))}`,
  };
}

/** A file may hold what a terminal would obey, and a carriage return at the end of each line. */
function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are replaced.
  return text.replace(/\r$/, '').replaceAll(/[\x00-\x08\x0a-\x1f\x7f-\x9f]/g, '?');
}
