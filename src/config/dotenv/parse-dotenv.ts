/**
 * Reads the lines of a `.env` file as python-dotenv reads them, because sites have written theirs for it: `#` begins a comment only behind a space, quotes may
 * hold line breaks, `export` is passed over. A line that python-dotenv skips and logs is a fault here: a site without its password is worse than one that does
 * not start.
 */

export interface Binding {
  readonly name: string;
  /** Undefined for a name without `=`. */
  readonly value: string | undefined;
  /** The number of the line, from 1. */
  readonly line: number;
}

export interface ParsedDotenv {
  readonly bindings: readonly Binding[];
  /** The numbers of the lines on which a statement begins that is not understood. */
  readonly faultyLines: readonly number[];
}

const BYTE_ORDER_MARK = '\ufeff';

/** What Python calls white space, without the line feed. JavaScript's `\s` lacks some of these, and has the byte order mark. */
const BLANK = '\\t\\v\\f\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const BLANKS = new RegExp(`[${BLANK}]*`, 'y');
const BLANK_LINES = new RegExp(`[\\n${BLANK}]*`, 'y');
const EXPORT = new RegExp(`(?:export[${BLANK}]+)?`, 'y');
const NAME = new RegExp(`[^=#\\n${BLANK}]+`, 'y');
const LINE = /[^\n]*/y;
const LAST_BLANK = new RegExp(`[${BLANK}]$`);
const SINGLE_QUOTED_ESCAPE = /\\([\\'])/g;
const DOUBLE_QUOTED_ESCAPE = /\\([\\'"abfnrtv])/g;
const ESCAPED: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

export function parseDotenv(text: string): ParsedDotenv {
  const reader = new Reader(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  const bindings: Binding[] = [];
  const faultyLines: number[] = [];
  while (!reader.skipBlankLines()) {
    const { line } = reader;
    const read = readStatement(reader);
    if (read === 'fault') {
      faultyLines.push(line);
      reader.take(LINE);
    } else if (read !== 'comment') {
      bindings.push({ ...read, line });
    }
  }
  return { bindings, faultyLines };
}

type Statement = Pick<Binding, 'name' | 'value'> | 'comment' | 'fault';

function readStatement(reader: Reader): Statement {
  reader.take(EXPORT);
  if (reader.peek() === '#') {
    reader.take(LINE);
    return 'comment';
  }
  const name = reader.peek() === "'" ? reader.takeQuotedName() : reader.take(NAME);
  if (name === undefined || name === '') {
    return 'fault';
  }
  reader.take(BLANKS);
  let value: string | undefined;
  if (reader.peek() === '=') {
    reader.skip();
    const isApart = reader.take(BLANKS) !== '';
    value = isApart && reader.peek() === '#' ? '' : readValue(reader);
    if (value === undefined) {
      return 'fault';
    }
  }
  return reader.takeEndOfLine() ? { name, value } : 'fault';
}

/** Undefined if the value's quotes are not closed. */
function readValue(reader: Reader): string | undefined {
  const quote = reader.peek();
  if (quote === "'" || quote === '"') {
    const escapes = quote === "'" ? SINGLE_QUOTED_ESCAPE : DOUBLE_QUOTED_ESCAPE;
    return reader.takeQuoted(quote)?.replace(escapes, (_, character: string) => ESCAPED[character] ?? character);
  }
  return withoutComment(reader.take(LINE));
}

function withoutComment(line: string): string {
  let end = line.indexOf('#', 1);
  while (end !== -1 && !LAST_BLANK.test(line[end - 1] ?? '')) {
    end = line.indexOf('#', end + 1);
  }
  let length = end === -1 ? line.length : end;
  while (length > 0 && LAST_BLANK.test(line[length - 1] ?? '')) {
    length -= 1;
  }
  return line.slice(0, length);
}

class Reader {
  readonly #text: string;
  #at = 0;
  #line = 1;
  /** The position up to which `#line` was counted. */
  #countedTo = 0;

  /** All ends of lines become line feeds, as Python reads a file. */
  constructor(text: string) {
    this.#text = text.replaceAll(/\r\n?/g, '\n');
  }

  get line(): number {
    for (; this.#countedTo < this.#at; this.#countedTo += 1) {
      this.#line += this.#text[this.#countedTo] === '\n' ? 1 : 0;
    }
    return this.#line;
  }

  /** '' at the end. */
  peek(): string {
    return this.#text[this.#at] ?? '';
  }

  skip(): void {
    this.#at += 1;
  }

  /** The text that a sticky pattern matches here, perhaps ''. */
  take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ''] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }

  /** True at the end of the text. */
  skipBlankLines(): boolean {
    this.take(BLANK_LINES);
    return this.#at >= this.#text.length;
  }

  takeQuotedName(): string | undefined {
    const end = this.#text.indexOf("'", this.#at + 1);
    return end === -1 ? undefined : this.#takeTo(end);
  }

  /** The character behind a backslash belongs to the value: a quote there does not close it, and a backslash there escapes nothing. */
  takeQuoted(quote: string): string | undefined {
    for (let at = this.#at + 1; at < this.#text.length; at += 1) {
      const character = this.#text[at];
      if (character === quote) {
        return this.#takeTo(at);
      }
      at += character === '\\' ? 1 : 0;
    }
    return undefined;
  }

  /** The text from behind the quote that stands here to the quote at `end`. */
  #takeTo(end: number): string {
    const found = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return found;
  }

  /** Blanks and a comment may come before the end of the line. */
  takeEndOfLine(): boolean {
    this.take(BLANKS);
    if (this.peek() === '#') {
      this.take(LINE);
    }
    return this.#at >= this.#text.length || this.peek() === '\n';
  }
}
