/**
 * A regular expression of PCRE's syntax, as people's configurations have them, with a bound on what a hostile subject can cost.
 *
 * Subject and pattern are bytes, each held in a character of the same number ("latin-1 text"): that is how a request's path arrives, and how PCRE reads both
 * without its UTF mode, which nginx does not switch on. A pattern from a file of UTF-8 goes through `toLatin1` first; a letter outside ASCII is then the
 * sequence of its bytes.
 *
 * There are two engines, and the length of the subject decides between them. JavaScript's own is the faster by far and has no limit: it gets what it is sure to
 * end within milliseconds, which for most expressions is every subject (`cost.ts`). Everything else is run by `backtrack.ts`, which stops at a limit. V8 has flags
 * for an engine of linear time to fall back on, but it takes no look-ahead, nothing without regard to case, and no count above 16, and it is an experiment.
 */

import type { Outcome } from '../outcome.ts';
import { failure, success } from '../outcome.ts';
import { backtrack, MATCH, NO_MATCH } from './backtrack.ts';
import { harmlessLength } from './cost.ts';
import { factorChoices } from './factor-choices.ts';
import { javascriptSource } from './javascript-source.ts';
import { parseRegex } from './parse-regex.ts';
import type { Program } from './program.ts';
import { compileProgram } from './program.ts';
import type { ParsedRegex, RegexFault } from './syntax.ts';

export interface RegexOptions {
  /** `~*`: without regard to the case of ASCII's letters. */
  readonly caseless: boolean;
}

/** The match would take longer than any request may. To be answered with 500, and logged, as nginx does at PCRE's limit. */
export const TOO_COSTLY_MATCH: unique symbol = Symbol('too costly');

/** The text of the whole match and of each group; undefined for a group that took no part. */
export type RegexMatch = readonly (string | undefined)[];
export type RegexResult = RegexMatch | undefined | typeof TOO_COSTLY_MATCH;

/** As long as a request line may be by default. */
const LONG_SUBJECT = 8192;

export interface RegexGroups {
  readonly count: number;
  readonly names: ReadonlyMap<string, number>;
}

/** Where `checkRegex` finds nothing, this succeeds. */
export function compileRegex(pattern: string, options: RegexOptions): Outcome<Regex, RegexFault> {
  const parsed = parseRegex(pattern, options.caseless);
  if (!parsed.ok) {
    return parsed;
  }
  const factored = { ...parsed.value, root: factorChoices(parsed.value.root) };
  const program = compileProgram(factored);
  return program === undefined ? failure(tooLarge(pattern)) : success(new Regex(factored, program));
}

/** What is wrong with an expression, for a reader of configurations, which does not run any. */
export function checkRegex(pattern: string, options: RegexOptions): RegexFault | undefined {
  const parsed = parseRegex(pattern, options.caseless);
  if (!parsed.ok) {
    return parsed.fault;
  }
  return compileProgram({ ...parsed.value, root: factorChoices(parsed.value.root) }) === undefined
    ? tooLarge(pattern)
    : undefined;
}

function tooLarge(pattern: string): RegexFault {
  return { message: 'regular expression is too large', offset: pattern.length, kind: 'invalid' };
}

export class Regex {
  readonly groups: RegexGroups;
  /** What JavaScript's engine gets: subjects up to this length. Beyond it the match is bounded by steps. */
  readonly harmlessLength: number;
  readonly #javascript: RegExp | undefined;
  readonly #program: Program;
  #slots: Int32Array | undefined;

  constructor(parsed: ParsedRegex, program: Program) {
    const names = [...parsed.names].map(([name, [number = 0]]) => [name, number] as const);
    this.groups = { count: parsed.groupCount, names: new Map(names) };
    const source = javascriptSource(parsed.root);
    this.#javascript = source === undefined ? undefined : new RegExp(source);
    this.harmlessLength = source === undefined ? -1 : harmlessLength(parsed.root);
    this.#program = program;
    if (this.harmlessLength < LONG_SUBJECT) {
      warmUp();
    }
  }

  match(subject: string): RegexResult {
    if (this.#javascript !== undefined && subject.length <= this.harmlessLength) {
      return this.#javascript.exec(subject) ?? undefined;
    }
    return this.matchBounded(subject);
  }

  /** As `match`, by the engine that counts its steps. */
  matchBounded(subject: string): RegexResult {
    this.#slots ??= new Int32Array(this.#program.slotCount);
    switch (backtrack(this.#program, subject, this.#slots)) {
      case MATCH:
        return this.#texts(subject, this.#slots);
      case NO_MATCH:
        return undefined;
      default:
        return TOO_COSTLY_MATCH;
    }
  }

  #texts(subject: string, slots: Int32Array): RegexMatch {
    const texts: (string | undefined)[] = [];
    for (let group = 0; group <= this.groups.count; group += 1) {
      const end = slots[2 * group + 1] ?? -1;
      texts.push(end < 0 ? undefined : subject.slice(slots[2 * group], end));
    }
    return texts;
  }
}

/** Has a choice, a loop over a set, a loop over a group, and never matches. */
const WARM_UP_PATTERN = '(?:(a|aa)+?[ab]*)+!';
const WARM_UP_SUBJECT = 'a'.repeat(1000);
const WARM_UP_RUNS = 10;
let isWarm = false;

/**
 * Called once in each thread that has an expression for the engine with steps. Its first match of some hundred thousand steps takes up to 30 ms instead of 5, because
 * V8 has no machine code for it yet; that belongs to the start, and not to somebody's request.
 */
function warmUp(): void {
  if (isWarm) {
    return;
  }
  isWarm = true;
  const parsed = parseRegex(WARM_UP_PATTERN, false);
  const program = parsed.ok ? compileProgram(parsed.value) : undefined;
  if (program === undefined) {
    return;
  }
  const slots = new Int32Array(program.slotCount);
  for (let run = 0; run < WARM_UP_RUNS; run += 1) {
    backtrack(program, WARM_UP_SUBJECT, slots);
  }
}
