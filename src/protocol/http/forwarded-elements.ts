/**
 * The value of Forwarded (RFC 7239 4):
 *
 *     Forwarded         = 1#forwarded-element
 *     forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] )
 *     forwarded-pair    = token "=" ( token / quoted-string )
 *
 * A quoted string may hold commas and semicolons, so the text is read from its beginning and never split at them. Whitespace around a
 * semicolon is not in the grammar, but senders write it, and it can mean one thing only.
 */

import { isSpace, isTokenCode } from './grammar.ts';

/** The pairs of one proxy, by their names in lower case. */
export type ForwardedElement = ReadonlyMap<string, string>;

const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** `values` are those of all fields of the name, in order; each is read by itself. Undefined: one of them breaks the grammar, or says something twice. */
export function parseForwarded(values: readonly string[]): readonly ForwardedElement[] | undefined {
  const elements: ForwardedElement[] = [];
  for (const value of values) {
    const reader = new ForwardedReader(value);
    if (!reader.read(elements)) {
      return undefined;
    }
  }
  return elements;
}

class ForwardedReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** False: the text is malformed, and `into` is to be thrown away. */
  read(into: ForwardedElement[]): boolean {
    const text = this.#text;
    let element = new Map<string, string>();
    let isEmpty = true;
    for (;;) {
      this.#skipSpaces();
      const code = text.charCodeAt(this.#at);
      if (this.#at === text.length || code === COMMA) {
        // Empty elements of a list are skipped (RFC 9110 5.6.1.2); one with a lone semicolon is an element.
        if (!isEmpty) {
          into.push(element);
        }
        if (this.#at === text.length) {
          return true;
        }
        element = new Map();
        isEmpty = true;
        this.#at += 1;
      } else if (code === SEMICOLON) {
        isEmpty = false;
        this.#at += 1;
      } else if (this.#readPair(element)) {
        isEmpty = false;
      } else {
        return false;
      }
    }
  }

  #skipSpaces(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) {
      this.#at += 1;
    }
  }

  /** Reads a pair, and looks that what follows may follow it. */
  #readPair(element: Map<string, string>): boolean {
    const name = this.#readToken().toLowerCase();
    if (name === '' || element.has(name) || this.#text.charCodeAt(this.#at) !== EQUALS) {
      return false;
    }
    this.#at += 1;
    const value = this.#text.charCodeAt(this.#at) === QUOTE ? this.#readQuoted() : this.#readToken() || undefined;
    if (value === undefined) {
      return false;
    }
    element.set(name, value);
    this.#skipSpaces();
    const code = this.#text.charCodeAt(this.#at);
    return this.#at === this.#text.length || code === COMMA || code === SEMICOLON;
  }

  /** '' if there is none. */
  #readToken(): string {
    const from = this.#at;
    while (isTokenCode(this.#text.charCodeAt(this.#at))) {
      this.#at += 1;
    }
    return this.#text.slice(from, this.#at);
  }

  /** Undefined if the string does not end. Controls in it were refused when the field was parsed. */
  #readQuoted(): string | undefined {
    const text = this.#text;
    let value = '';
    let from = this.#at + 1;
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.#at = at + 1;
        return value + text.slice(from, at);
      }
      if (code === BACKSLASH) {
        value += text.slice(from, at);
        from = at + 1;
        at += 1; // What is escaped ends nothing.
      }
    }
    return undefined;
  }
}
