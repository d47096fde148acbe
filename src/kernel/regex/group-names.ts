/** The groups of a pattern while it is read: their numbers, their names, and what refers to them. */

import type { PatternScanner } from './pattern-scanner.ts';
import { REGEX_LIMITS } from './syntax.ts';

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
/** What stands behind `\g`. */
const BY_NUMBER = /\{([+-]?)(\d+)\}|([+-]?)(\d+)/y;
const CLOSING: ReadonlyMap<string, string> = new Map([
  ['<', '>'],
  ["'", "'"],
  ['{', '}'],
]);

interface PendingReference {
  /** The groups it means, which are filled in once the pattern is read: a name may be given behind its use. */
  readonly groups: number[];
  readonly name: string | undefined;
  readonly offset: number;
  /** The group was not finished. PCRE has rules of its own for what it stands for then. */
  readonly isInside: boolean;
}

export class GroupNames {
  /** Groups that have been opened. */
  count = 0;
  readonly names: Map<string, number[]> = new Map();
  #highest = 0;
  readonly #references: PendingReference[] = [];
  /** Groups whose end has not been read. */
  readonly #unfinished = new Set<number>();

  open(): number {
    this.count += 1;
    this.#highest = Math.max(this.#highest, this.count);
    this.#unfinished.add(this.count);
    return this.count;
  }

  close(number: number): void {
    this.#unfinished.delete(number);
  }

  /** A named group; the opening of the name is passed already. Undefined after a fault. */
  openNamed(scanner: PatternScanner, closing: string): number | undefined {
    const name = this.parseName(scanner, closing);
    if (name === undefined) {
      return undefined;
    }
    const number = this.open();
    const known = this.names.get(name);
    if (known !== undefined && !known.includes(number)) {
      scanner.fail('two named subpatterns have the same name');
      return undefined;
    }
    this.names.set(name, [number]);
    return number;
  }

  parseName(scanner: PatternScanner, closing: string): string | undefined {
    const name = scanner.match(NAME)?.[0];
    if (name === undefined) {
      scanner.fail(
        /\d/.test(scanner.peek()) ? 'subpattern name must start with a non-digit' : 'subpattern name expected',
      );
    } else if (name.length > REGEX_LIMITS.nameBytesMax) {
      scanner.fail(`subpattern name is too long (maximum ${REGEX_LIMITS.nameBytesMax} code units)`);
    } else if (scanner.take(closing)) {
      return name;
    } else {
      scanner.fail('syntax error in subpattern name (missing terminator?)');
    }
    return undefined;
  }

  /** The reference behind `\g` or `\k`, whose letter is passed already. */
  parseReference(scanner: PatternScanner, letter: string): readonly number[] | undefined {
    const offset = scanner.position;
    const [found, bracedSign, braced, bareSign, bare] = letter === 'g' ? (scanner.match(BY_NUMBER) ?? []) : [];
    if (found !== undefined) {
      const number = Number(braced ?? bare);
      return this.refer(this.#absolute(bracedSign ?? bareSign ?? '', number), offset);
    }
    const opening = scanner.next();
    const closing = CLOSING.get(opening);
    if (letter === 'g' && closing !== undefined && opening !== '{') {
      scanner.fail('calling a group as a subroutine is not supported', 'unsupported', offset);
      return undefined;
    }
    if (closing === undefined) {
      scanner.fail(
        letter === 'g'
          ? 'a numbered reference must not be zero'
          : '\\k is not followed by a braced, angle-bracketed, or quoted name',
      );
      return undefined;
    }
    const name = this.parseName(scanner, closing);
    return name === undefined ? undefined : this.#later(name, offset);
  }

  /** A reference by number, which may be that of a group to come. */
  refer(number: number, offset: number): readonly number[] {
    const groups = [number];
    this.#references.push({ groups, name: undefined, offset, isInside: this.#unfinished.has(number) });
    return groups;
  }

  referByName(scanner: PatternScanner, closing: string): readonly number[] | undefined {
    const offset = scanner.position;
    const name = this.parseName(scanner, closing);
    return name === undefined ? undefined : this.#later(name, offset);
  }

  /** At the end of the pattern: does each reference name a group? */
  check(scanner: PatternScanner): void {
    for (const { groups, name, offset, isInside } of this.#references) {
      if (name !== undefined) {
        groups.push(...(this.names.get(name) ?? []));
      }
      if (isInside) {
        scanner.fail('a reference to a group from inside itself is not supported', 'unsupported', offset);
      }
      if (groups.length === 0 || groups.some((number) => number < 1 || number > this.#highest)) {
        scanner.fail('reference to non-existent subpattern', 'invalid', offset);
      }
    }
  }

  #later(name: string, offset: number): readonly number[] {
    const groups: number[] = [];
    const isInside = this.names.get(name)?.some((number) => this.#unfinished.has(number)) ?? false;
    this.#references.push({ groups, name, offset, isInside });
    return groups;
  }

  #absolute(sign: string, number: number): number {
    switch (sign) {
      case '-':
        return number === 0 ? 0 : this.count + 1 - number;
      case '+':
        return number === 0 ? 0 : this.count + number;
      default:
        return number;
    }
  }
}
