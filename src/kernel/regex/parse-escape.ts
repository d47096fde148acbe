/** What follows a backslash, as far as it means the same inside a class and outside: a byte, or a set of bytes. */

import type { ByteSet } from './byte-set.ts';
import { ESCAPED_SETS } from './byte-set.ts';
import { parseProperty } from './parse-property.ts';
import type { PatternScanner } from './pattern-scanner.ts';

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['e', 0x1b],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
]);

const BYTE_MAX = 0xff;
const OCTAL_REST = /[0-7]{0,2}/y;
const OCTAL_BRACED = /\{([0-7]+)\}/y;
const HEX = /[0-9A-Fa-f]{0,2}/y;
const HEX_BRACED = /\{([0-9A-Fa-f]+)\}/y;
const LETTER_OR_DIGIT = /[0-9A-Za-z]/;
const CASE_CHANGES = 'FLlUu';

/** The letter behind the backslash is passed already. Undefined: the escape has no such meaning, or a fault was told. */
export function parseByteEscape(scanner: PatternScanner, letter: string): number | ByteSet | undefined {
  const control = CONTROLS.get(letter) ?? ESCAPED_SETS.get(letter);
  if (control !== undefined) {
    return control;
  }
  switch (letter) {
    case '':
      scanner.fail('\\ at end of pattern');
      return undefined;
    case '0':
      return Number.parseInt(`0${scanner.match(OCTAL_REST)?.[0] ?? ''}`, 8);
    case 'o':
      return parseBraced(scanner, OCTAL_BRACED, 8);
    case 'x':
      return scanner.peek() === '{'
        ? parseBraced(scanner, HEX_BRACED, 16)
        : Number.parseInt(`0${scanner.match(HEX)?.[0] ?? ''}`, 16);
    case 'c':
      return parseControl(scanner);
    case 'p':
    case 'P':
      return parseProperty(scanner, letter === 'P');
    default:
      return LETTER_OR_DIGIT.test(letter) ? undefined : letter.charCodeAt(0);
  }
}

/** For an escape that means nothing anywhere. */
export function failUnknownEscape(scanner: PatternScanner, letter: string): undefined {
  if (CASE_CHANGES.includes(letter)) {
    scanner.fail('PCRE has no \\F, \\L, \\l, \\U and \\u');
  } else if (letter !== '') {
    scanner.fail('unrecognized character follows \\', 'invalid', scanner.position - 1);
  }
  return undefined;
}

/** The octal escape of up to three digits that begins with `digit`. */
export function parseOctal(scanner: PatternScanner, digit: string): number | undefined {
  const value = Number.parseInt(digit + (scanner.match(OCTAL_REST)?.[0] ?? ''), 8);
  return checkByte(scanner, value);
}

function parseBraced(scanner: PatternScanner, form: RegExp, radix: number): number | undefined {
  const [, digits] = scanner.match(form) ?? [];
  if (digits === undefined) {
    scanner.fail(radix === 8 ? 'missing opening brace or bad digit after \\o' : 'bad digit in \\x{}');
    return undefined;
  }
  return checkByte(scanner, Number.parseInt(digits, radix));
}

function checkByte(scanner: PatternScanner, value: number): number | undefined {
  if (value > BYTE_MAX) {
    scanner.fail(
      'character code point value in \\x{} or \\o{} is too large: a subject is bytes',
      'invalid',
      scanner.position - 1,
    );
    return undefined;
  }
  return value;
}

function parseControl(scanner: PatternScanner): number | undefined {
  const character = scanner.next();
  if (!/^[\x20-\x7e]$/.test(character)) {
    scanner.fail('\\c must be followed by a printable ASCII character');
    return undefined;
  }
  return character.toUpperCase().charCodeAt(0) ^ 0x40;
}
