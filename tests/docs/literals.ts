/**
 * The texts that stand in a TypeScript source: string and template literals, the latter with … for what is put in. No more of the
 * language is understood than that takes: comments, regular expressions, and literals inside of templates.
 */

export interface Literal {
  readonly text: string;
  readonly line: number;
  /** The code in front of it, on the same line and the one before. */
  readonly before: string;
}

/** What a slash follows that begins a regular expression: elsewhere it divides. */
const BEFORE_EXPRESSION = /(?:^|[(,=:[!&|?{};+\n]|\breturn)\s*$/;
const BEFORE_CHARACTERS = 90;

export function literalsOf(source: string): Literal[] {
  const scanner = new Scanner(source);
  scanner.code(() => false);
  return scanner.found;
}

class Scanner {
  readonly found: Literal[] = [];
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** Reads code until its end, or until a closing brace that `isEnd` knows. */
  code(isEnd: (depth: number) => boolean): void {
    let depth = 0;
    while (this.#at < this.#source.length) {
      const character = this.#source[this.#at] ?? '';
      if (character === '}' && isEnd(depth)) return;
      if (character === '{') depth += 1;
      if (character === '}') depth -= 1;
      if (!this.#skip() && !this.#literal(character)) this.#at += 1;
    }
  }

  /** A comment or a regular expression. */
  #skip(): boolean {
    const rest = this.#source.slice(this.#at, this.#at + 2);
    if (rest === '//') return this.#leap(this.#source.indexOf('\n', this.#at));
    if (rest === '/*') return this.#leap(this.#source.indexOf('*/', this.#at) + 2);
    if (rest[0] !== '/' || !BEFORE_EXPRESSION.test(this.#source.slice(Math.max(0, this.#at - 20), this.#at)))
      return false;
    const expression = /\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n[])+\//y;
    expression.lastIndex = this.#at;
    return expression.test(this.#source) && this.#leap(expression.lastIndex);
  }

  #leap(to: number): true {
    this.#at = to < 0 ? this.#source.length : to;
    return true;
  }

  #literal(quote: string): boolean {
    if (quote === '`') this.#template();
    else if (quote === "'" || quote === '"') this.#string(quote);
    else return false;
    return true;
  }

  #string(quote: string): void {
    const start = this.#at;
    let text = '';
    for (this.#at += 1; this.#at < this.#source.length && this.#source[this.#at] !== quote; this.#at += 1) {
      text += this.#character();
    }
    this.#at += 1;
    this.#keep(start, text);
  }

  #template(): void {
    const start = this.#at;
    let text = '';
    for (this.#at += 1; this.#at < this.#source.length && this.#source[this.#at] !== '`'; this.#at += 1) {
      if (this.#source.startsWith('${', this.#at)) {
        this.#at += 2;
        this.code((depth) => depth === 0);
        text += '…';
      } else {
        text += this.#character();
      }
    }
    this.#at += 1;
    this.#keep(start, text);
  }

  /** The character here, or what an escape stands for, whose last character is here then. */
  #character(): string {
    if (this.#source[this.#at] !== '\\') return this.#source[this.#at] ?? '';
    this.#at += 1;
    const escaped = this.#source[this.#at] ?? '';
    return { n: '\n', r: '\r', t: '\t' }[escaped] ?? escaped;
  }

  #keep(start: number, text: string): void {
    const line = this.#source.slice(0, start).split('\n').length;
    this.found.push({ text, line, before: this.#source.slice(Math.max(0, start - BEFORE_CHARACTERS), start) });
  }
}
