/** Regexes of the model: what they match is bytes (latin-1 text), and a match sets the captures and the named variables of its request. */

import type { Pattern } from '../../config/model/template.ts';
import type { Regex } from '../../kernel/regex/regex.ts';
import { compileRegex, TOO_COSTLY_MATCH } from '../../kernel/regex/regex.ts';
import type { RoutePattern } from '../pipeline/compilation.ts';
import { CostlyMatch } from '../pipeline/costly-match.ts';
import type { Captures, Route } from '../pipeline/route.ts';
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
  match(subject: string): Captures | undefined {
    const found = this.#regex.match(subject);
    if (found === TOO_COSTLY_MATCH) {
      throw new CostlyMatch(
        `a match of "${this.#text}" was given up: a text of ${subject.length} bytes makes it go back too often`,
      );
    }
    return found;
  }

  /** As `match`; the captures of the route are those of the match then. */
  test(subject: string, route: Route): boolean {
    route.countMatch(subject.length);
    const captures = this.match(subject);
    if (captures !== undefined) {
      this.assign(captures, route);
    }
    return captures !== undefined;
  }

  /** Gives the route the captures of a match. */
  assign(captures: Captures, route: Route): void {
    route.captures = captures;
    for (const [group, slot] of this.#named) {
      route.slots[slot] = captures[group] ?? '';
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
