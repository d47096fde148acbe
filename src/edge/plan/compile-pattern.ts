/** Regexes of the model: what they match is bytes (latin-1 text), and a match sets the captures and the named variables of its subject. */

import type { Pattern } from '../../config/model/template.ts';
import type { Regex } from '../../kernel/regex/regex.ts';
import { compileRegex, TOO_COSTLY_MATCH } from '../../kernel/regex/regex.ts';
import type { RoutePattern } from '../pipeline/compilation.ts';
import { CostlyMatch } from '../pipeline/costly-match.ts';
import type { Captures, Subject } from '../pipeline/subject.ts';
import { bytesOf } from './bytes-of.ts';

export class CompiledPattern implements RoutePattern {
  readonly #regex: Regex;
  readonly #text: string;
  /** The number of each named group, and the slot of its variable. */
  readonly #named: readonly (readonly [group: number, slot: number])[];

  constructor(regex: Regex, text: string, named: readonly (readonly [number, number])[]) {
    this.#regex = regex;
    this.#text = text;
    this.#named = named;
  }

  /** Throws `CostlyMatch`. */
  match(text: string): Captures | undefined {
    const found = this.#regex.match(text);
    if (found === TOO_COSTLY_MATCH) {
      throw new CostlyMatch(
        `a match of "${this.#text}" was given up: a text of ${text.length} bytes makes it go back too often`,
      );
    }
    return found;
  }

  /** As `match`; the captures of the subject are those of the match then. */
  test(text: string, subject: Subject): boolean {
    subject.countMatch(text.length);
    const captures = this.match(text);
    if (captures !== undefined) {
      this.assign(captures, subject);
    }
    return captures !== undefined;
  }

  /** Gives the subject the captures of a match. */
  assign(captures: Captures, subject: Subject): void {
    subject.captures = captures;
    for (const [group, slot] of this.#named) {
      subject.slots[slot] = captures[group] ?? '';
    }
  }
}

/** `slotOf`: the slot of a variable. Readers have checked the pattern: one that is wrong is a bug of theirs, and throws. */
export function compilePattern({ text, isCaseless }: Pattern, slotOf: (variable: string) => number): CompiledPattern {
  const bytes = bytesOf(text);
  const compiled = compileRegex(bytes, { caseless: isCaseless });
  if (!compiled.ok) {
    throw new Error(`the regex "${text}" cannot be compiled: ${compiled.fault.message}`);
  }
  const { names } = compiled.value.groups;
  return new CompiledPattern(
    compiled.value,
    bytes,
    [...names].map(([name, group]) => [group, slotOf(name)] as const),
  );
}
