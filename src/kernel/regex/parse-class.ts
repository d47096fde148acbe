/** A character class: `[…]`, with PCRE's rules for `]` in the first place, ranges, POSIX names and quoted parts. */

import type { ByteSet } from './byte-set.ts';
import { addAll, addRange, closeOverCase, complement, emptySet, POSIX_CLASSES } from './byte-set.ts';
import { failUnknownEscape, parseByteEscape, parseOctal } from './parse-escape.ts';
import type { PatternScanner } from './pattern-scanner.ts';

export interface ClassOptions {
  readonly caseless: boolean;
  /** `(?xx)`: spaces and tabs in a class mean nothing. */
  readonly extendedMore: boolean;
}

/** `[:alpha:]`, and its forms with `.` and `=`, which PCRE knows only to refuse. */
const POSIX = /\[([:.=])(\^?)([^[\]\\]*?)\1\]/y;
const BACKSPACE = 0x08;

/** The opening bracket is passed already. */
export function parseClass(scanner: PatternScanner, options: ClassOptions): ByteSet {
  return new ClassParser(scanner, options).parse();
}

class ClassParser {
  readonly #scanner: PatternScanner;
  readonly #options: ClassOptions;
  readonly #set: ByteSet = emptySet();
  /** Between `\Q` and `\E`. */
  #isQuoted = false;
  /** The member before, if a range may begin with it. */
  #before: number | undefined;

  constructor(scanner: PatternScanner, options: ClassOptions) {
    this.#scanner = scanner;
    this.#options = options;
  }

  parse(): ByteSet {
    const scanner = this.#scanner;
    const isNegated = scanner.take('^');
    this.#skipBlank();
    if (scanner.take(']')) {
      this.#member(0x5d);
    }
    while (this.#isQuoted || scanner.peek() !== ']') {
      if (scanner.isAtEnd) {
        scanner.fail('missing terminating ] for character class');
        return this.#set;
      }
      this.#step();
      this.#skipBlank();
    }
    scanner.next();
    return isNegated ? complement(this.#set) : this.#set;
  }

  #step(): void {
    const scanner = this.#scanner;
    if (this.#skipQuotes()) {
      return;
    }
    if (!this.#isQuoted && this.#before !== undefined && scanner.peek() === '-') {
      this.#range(this.#before);
      return;
    }
    const member = this.#item();
    if (typeof member === 'number') {
      this.#member(member);
      return;
    }
    this.#before = undefined;
    if (member !== undefined) {
      addAll(this.#set, member);
      // What stands for several cannot begin a range; a hyphen that ends the class is one.
      if (!this.#isQuoted && scanner.peek() === '-' && scanner.peek(1) !== ']') {
        scanner.fail('invalid range in character class');
      }
    }
  }

  #member(byte: number): void {
    this.#add(byte, byte);
    this.#before = byte;
  }

  #add(first: number, last: number): void {
    const range = emptySet();
    addRange(range, first, last);
    addAll(this.#set, this.#options.caseless ? closeOverCase(range) : range);
  }

  /** A hyphen behind `first`. */
  #range(first: number): void {
    const scanner = this.#scanner;
    scanner.next();
    this.#before = undefined;
    this.#skipBlank();
    while (this.#skipQuotes()) {
      // `\E` and `\Q` stand for nothing.
    }
    if (!this.#isQuoted && scanner.peek() === ']') {
      this.#add(0x2d, 0x2d);
      return;
    }
    const last = this.#item();
    if (typeof last === 'number' && last >= first) {
      this.#add(first, last);
    } else if (last !== undefined) {
      scanner.fail(
        typeof last === 'number' ? 'range out of order in character class' : 'invalid range in character class',
        'invalid',
        scanner.position - 1,
      );
    }
  }

  /** A byte, or a set; undefined after a fault. */
  #item(): number | ByteSet | undefined {
    const scanner = this.#scanner;
    if (this.#isQuoted) {
      return scanner.next().charCodeAt(0);
    }
    const posix = scanner.match(POSIX);
    if (posix !== undefined) {
      return this.#posix(posix, posix.index);
    }
    const character = scanner.next();
    return character === '\\' ? this.#escape(scanner.next()) : character.charCodeAt(0);
  }

  #posix([, mark, caret, name = '']: readonly string[], at: number): ByteSet | undefined {
    if (mark !== ':') {
      this.#scanner.fail('POSIX collating elements are not supported', 'invalid', at);
      return undefined;
    }
    // Without regard to case there are no two cases.
    const isCase = this.#options.caseless && (name === 'upper' || name === 'lower');
    const set = POSIX_CLASSES.get(isCase ? 'alpha' : name);
    if (set === undefined) {
      this.#scanner.fail('unknown POSIX class name', 'invalid', at + 2);
      return undefined;
    }
    return caret === '^' ? complement(set) : set;
  }

  #escape(letter: string): number | ByteSet | undefined {
    const scanner = this.#scanner;
    if (letter === 'b') {
      return BACKSPACE;
    }
    if (/[1-7]/.test(letter)) {
      return parseOctal(scanner, letter);
    }
    if (/[89]/.test(letter)) {
      return letter.charCodeAt(0);
    }
    if (/[BRXN]/.test(letter)) {
      scanner.fail('escape sequence is invalid in character class', 'invalid', scanner.position - 1);
      return undefined;
    }
    return parseByteEscape(scanner, letter) ?? failUnknownEscape(scanner, letter);
  }

  /** Passes `\Q` and `\E`; true if there was one. */
  #skipQuotes(): boolean {
    const scanner = this.#scanner;
    if (scanner.take('\\E')) {
      this.#isQuoted = false;
      return true;
    }
    if (!this.#isQuoted && scanner.take('\\Q')) {
      this.#isQuoted = true;
      return true;
    }
    return false;
  }

  #skipBlank(): void {
    while (this.#options.extendedMore && !this.#isQuoted && /[ \t]/.test(this.#scanner.peek())) {
      this.#scanner.next();
    }
  }
}
