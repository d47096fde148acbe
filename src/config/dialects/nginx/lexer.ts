/**
 * Cuts nginx's language into words and marks, each with its place. The rules are nginx's own, odd ones included: a quote inside of a word
 * is part of the word, a brace after a dollar too, a backslash takes the special meaning from whatever follows it, and after a closing
 * quote there has to be a space, `;`, `{` or `)`. Only a line feed ends a line.
 *
 * A fault is reported and reading goes on, so that all of a file's faults are told at once. The one that derails everything behind it is a
 * quote that is not closed: the text up to the next quote, lines below, is taken for a part of it. When the quotes do not come out even, the
 * lexer goes back to the quoted word that most likely lacks its end, and reads on from the end of its line.
 */

import type { NginxReport } from './report.ts';
import type { SourceText } from './source-text.ts';
import { placeIn } from './source-text.ts';
import type { Mark, Token, Word } from './token.ts';

/** nginx reads files through a buffer of this size, and no word, comment included, may be longer. */
const WORD_BYTES_MAX = 4096;
/** Reading goes back for that many quotes of a file; it may cost a look at all of the file each time. */
const GOES_BACK_MAX = 50;
/** How much of a word that is too long nginx shows. */
const SHOWN_BYTES = 10;

const LINE_FEED = '\n';

export function lexNginx(source: SourceText, report: NginxReport): Token[] {
  return new Lexer(source, report).read();
}

/** A quoted word that goes over a `;` at the end of a line: if quotes do not come out even, its end was most likely forgotten. */
interface Suspect {
  /** Of the opening quote. */
  readonly at: number;
  readonly line: number;
  readonly lineStart: number;
  readonly tokenCount: number;
}

class Lexer {
  readonly #source: SourceText;
  readonly #text: string;
  readonly #report: NginxReport;
  readonly #tokens: Token[] = [];
  /** Quotes that are known not to be closed end with their line. */
  readonly #unclosed = new Set<number>();
  #suspect: Suspect | undefined;
  #wentBack = 0;
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(source: SourceText, report: NginxReport) {
    this.#source = source;
    this.#text = source.text;
    this.#report = report;
  }

  read(): Token[] {
    for (let ch = this.#skipSpace(); ch !== ''; ch = this.#skipSpace()) {
      if (ch === '#') {
        this.#skipComment();
      } else if (ch === ';' || ch === '{' || ch === '}') {
        this.#tokens.push(this.#mark(ch));
      } else if (ch === '"' || ch === "'") {
        this.#readQuoted(ch);
      } else {
        this.#readWord();
      }
    }
    return this.#tokens;
  }

  /** The character behind it; '' at the end. */
  #skipSpace(): string {
    for (; this.#at < this.#text.length; this.#at += 1) {
      const ch = this.#text[this.#at] ?? '';
      if (ch === LINE_FEED) {
        this.#beginLine(this.#at + 1);
      } else if (!isSpace(ch)) {
        return ch;
      }
    }
    return '';
  }

  #skipComment(): void {
    const start = this.#at;
    const end = this.#text.indexOf(LINE_FEED, start);
    this.#at = end < 0 ? this.#text.length : end;
    this.#checkLength(start, this.#at, WORD_BYTES_MAX - 1);
  }

  #mark(kind: Mark['kind']): Mark {
    const place = placeIn(this.#source, this.#line, this.#at - this.#lineStart + 1, 1);
    this.#at += 1;
    return { kind, place, line: this.#line };
  }

  #readWord(): void {
    const start = this.#at;
    const { line, column } = this.#position(start);
    let isAfterDollar = false;
    for (; this.#at < this.#text.length; this.#at += 1) {
      const ch = this.#text[this.#at] ?? '';
      if (ch === '{' && isAfterDollar) {
        continue;
      }
      isAfterDollar = ch === '$';
      if (ch === '\\') {
        this.#skipEscaped();
      } else if (ch === ';' || ch === '{' || isSpace(ch)) {
        break;
      }
    }
    this.#at = Math.min(this.#at, this.#text.length);
    this.#checkLength(start, this.#at, WORD_BYTES_MAX - 1);
    this.#push({ start, end: this.#at, line, column, quotes: 0 });
  }

  #readQuoted(quote: string): void {
    const start = this.#at;
    const { line, column } = this.#position(start);
    const lineStart = this.#lineStart;
    const end = this.#unclosed.has(start) ? -1 : this.#findQuote(quote);
    if (end < 0) {
      this.#endUnclosed({ at: start, line, lineStart, tokenCount: this.#tokens.length }, quote);
      return;
    }
    if (this.#line > line && /;[ \t]*(#.*)?\r?\n/.test(this.#text.slice(start, end))) {
      this.#suspect ??=
        this.#wentBack === GOES_BACK_MAX ? undefined : { at: start, line, lineStart, tokenCount: this.#tokens.length };
    }
    this.#at = end + 1;
    const next = this.#text[this.#at] ?? '';
    if (next !== '' && !isSpace(next) && next !== ';' && next !== '{' && next !== ')') {
      const suspect = this.#suspect;
      if (suspect !== undefined) {
        this.#report('nginx.unexpected', this.#placeOf(suspect), `unexpected "${next}"`, {
          hint: `The quote that is opened here is closed in line ${this.#line}. Is its end missing in line ${suspect.line}?`,
        });
        this.#goBack(suspect);
        return;
      }
      const place = placeIn(this.#source, this.#line, this.#at - this.#lineStart + 1, 1);
      const hint =
        'After a closing quote there has to be a space or ";". Put quotes around the whole, or \\ before a quote that is meant.';
      this.#report('nginx.unexpected', place, `unexpected "${next}"`, { hint });
    }
    this.#checkLength(start + 1, end, WORD_BYTES_MAX - 2, quote);
    this.#push({ start, end: end + 1, line, column, quotes: 1 });
  }

  /** The quote is not closed in the file: either this one's end is missing, or that of one before. */
  #endUnclosed(here: Suspect, quote: string): void {
    if (!this.#unclosed.has(here.at)) {
      const suspect = this.#suspect ?? here;
      const message =
        this.#source.kind === 'parameter'
          ? 'unexpected end of parameter, expecting ";"'
          : 'unexpected end of file, expecting ";" or "}"';
      const hint = 'The quote that is opened here is never closed.';
      this.#report('nginx.unexpected-end', this.#placeOf(suspect), message, { hint });
      this.#goBack(suspect);
      return;
    }
    this.#at = here.at;
    const lineEnd = this.#text.indexOf(LINE_FEED, here.at);
    const rest = this.#text.slice(here.at + 1, lineEnd < 0 ? undefined : lineEnd);
    const kept = rest.replace(/\s*(;\s*(#.*)?)?$/, '');
    const end = here.at + 1 + kept.length;
    this.#push({
      start: here.at,
      end,
      line: here.line,
      column: here.at - here.lineStart + 1,
      quotes: kept === '' ? 0 : 1,
      isOpen: quote,
    });
    this.#at = end;
  }

  #goBack({ at, line, lineStart, tokenCount }: Suspect): void {
    this.#unclosed.add(at);
    this.#wentBack += 1;
    this.#suspect = undefined;
    this.#tokens.length = tokenCount;
    this.#at = at;
    this.#line = line;
    this.#lineStart = lineStart;
  }

  /** Where the closing quote is; -1 if there is none. Lines are counted on the way. */
  #findQuote(quote: string): number {
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      const ch = this.#text[this.#at];
      if (ch === quote) {
        return this.#at;
      }
      if (ch === '\\') {
        this.#skipEscaped();
      } else if (ch === LINE_FEED) {
        this.#beginLine(this.#at + 1);
      }
    }
    return -1;
  }

  /** To the character behind a backslash. */
  #skipEscaped(): void {
    this.#at += 1;
    if (this.#text[this.#at] === LINE_FEED) {
      this.#beginLine(this.#at + 1);
    }
  }

  #beginLine(start: number): void {
    this.#line += 1;
    this.#lineStart = start;
  }

  #push(found: {
    readonly start: number;
    readonly end: number;
    readonly line: number;
    readonly column: number;
    readonly quotes: 0 | 1;
    readonly isOpen?: string;
  }): void {
    const { start, end, line, column, quotes } = found;
    const raw = this.#text.slice(start + quotes, found.isOpen === undefined ? end - quotes : end);
    const text = raw.includes('\\') ? unescapeWord(raw) : raw;
    const word: Word = {
      kind: 'word',
      text,
      place: placeIn(this.#source, line, column, this.#lengthOnLine(start, end)),
      isQuoted: quotes === 1,
      isVerbatim: text === raw && this.#line === line,
      line,
      endLine: found.isOpen === undefined ? this.#line : line,
    };
    this.#tokens.push(word);
    if (text.includes('\0')) {
      this.#report('nginx.nul', word.place, 'a NUL byte', { hint: 'nginx would end the text there. Remove the byte.' });
    }
  }

  /** Of what stands between, up to the end of the line. */
  #lengthOnLine(start: number, end: number): number {
    const lineEnd = this.#lineStart > start ? this.#text.indexOf(LINE_FEED, start) : end;
    return Math.max(1, Math.min(end, lineEnd) - start);
  }

  /** `bytesMax` may stand before the character that ends the word. */
  #checkLength(start: number, end: number, bytesMax: number, quote?: string): void {
    const isEndOfFile = end >= this.#text.length;
    if (this.#source.kind === 'parameter' || isEndOfFile || (end - start) * 3 <= bytesMax) {
      return;
    }
    const raw = this.#text.slice(start, end);
    const bytes = Buffer.byteLength(raw);
    if (bytes <= bytesMax) {
      return;
    }
    const { line, column } = this.#lineAt(start);
    const message =
      quote !== undefined && bytes >= WORD_BYTES_MAX
        ? `too long parameter, probably missing terminating "${quote}" character`
        : `too long parameter "${raw.slice(0, SHOWN_BYTES)}..." started`;
    const hint = `nginx takes ${WORD_BYTES_MAX - 1} bytes at the most for a word or a comment.`;
    this.#report('nginx.too-long', placeIn(this.#source, line, column, 1), message, { hint });
  }

  #placeOf({ at, line, lineStart }: Suspect): Word['place'] {
    return placeIn(this.#source, line, at - lineStart + 1, 1);
  }

  #position(at: number): { readonly line: number; readonly column: number } {
    return { line: this.#line, column: at - this.#lineStart + 1 };
  }

  /** Of a character before the one that is read. */
  #lineAt(at: number): { readonly line: number; readonly column: number } {
    const between = this.#text.slice(at, this.#at).split('\n').length - 1;
    const column = at - this.#text.lastIndexOf(LINE_FEED, at - 1);
    return { line: this.#line - between, column };
  }
}

function isSpace(ch: string): boolean {
  return ch === ' ' || ch === '\t' || ch === '\n' || ch === '\r';
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', "'": "'", '\\': '\\', t: '\t', r: '\r', n: '\n' };

/** A backslash before anything else stays: regexes have theirs. */
function unescapeWord(raw: string): string {
  return raw.replaceAll(/\\(["'\\trn])/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}
