/**
 * Reads a regular expression as PCRE does without its UTF mode: pattern and subject are bytes, each held in a character of the same number, so a letter outside
 * ASCII in a file of UTF-8 is the sequence of its bytes. Recursion, conditions, callouts and backtracking verbs are refused: nobody has shown one in a server's
 * configuration, and each makes the cost of a match harder to bound.
 */

import type { Outcome } from '../outcome.ts';
import { failure, success } from '../outcome.ts';
import { ANY_BYTE, NOT_NEWLINE, setOf, setOfByte } from './byte-set.ts';
import { GroupNames } from './group-names.ts';
import { parseClass } from './parse-class.ts';
import { failUnknownEscape, parseByteEscape, parseOctal } from './parse-escape.ts';
import type { InlineOptions } from './parse-options.ts';
import { openGroup } from './parse-options.ts';
import { PatternScanner } from './pattern-scanner.ts';
import { fixedLength } from './shape.ts';
import type { AssertionPlace, ParsedRegex, RegexFault, RegexNode, RepeatMode } from './syntax.ts';
import { EMPTY, REGEX_LIMITS } from './syntax.ts';

export function parseRegex(pattern: string, isCaseless: boolean): Outcome<ParsedRegex, RegexFault> {
  return new RegexParser(pattern, isCaseless).parse();
}

const NOT_REPEATABLE = 'quantifier does not follow a repeatable item';
const COUNT = /\{(\d+)(?:(,)(\d*))?\}/y;
const COMMENT = /\(\?#[^)]*\)/y;
const UNFINISHED_COMMENT = /\(\?#/y;
const WHITESPACE = /[\t-\r ]+|#[^\n]*\n?/y;
/** Prefixes that change how PCRE runs, and not what matches. */
const HARMLESS_PREFIX =
  /\(\*(?:NO_JIT|NO_START_OPT|NO_AUTO_POSSESS|NO_DOTSTAR_ANCHOR|LF|LIMIT_(?:MATCH|DEPTH|HEAP|RECURSION)=\d+)\)/y;
const VERB = /\(\*([A-Z_0-9a-z]*)/y;
const UNICODE_VERBS = /^(UTF8?|UCP)$/;

const SIMPLE_ASSERTIONS: ReadonlyMap<string, AssertionPlace> = new Map([
  ['A', 'subject-start'],
  // A match is looked for once, from the beginning of the subject.
  ['G', 'subject-start'],
  ['Z', 'last-line-end'],
  ['z', 'subject-end'],
  ['b', 'word-boundary'],
  ['B', 'no-word-boundary'],
]);

class RegexParser {
  readonly #scanner: PatternScanner;
  readonly #groups = new GroupNames();
  #options: InlineOptions;
  #depth = 0;
  #lookDepth = 0;
  /** What comes next in the pattern is quoted, up to `\E`. */
  #isQuoted = false;

  constructor(pattern: string, isCaseless: boolean) {
    this.#scanner = new PatternScanner(pattern);
    this.#options = {
      caseless: isCaseless,
      multiline: false,
      dotAll: false,
      extended: false,
      extendedMore: false,
      noCapture: false,
      ungreedy: false,
    };
  }

  parse(): Outcome<ParsedRegex, RegexFault> {
    const scanner = this.#scanner;
    if (scanner.pattern.length > REGEX_LIMITS.patternBytesMax) {
      scanner.fail(`the pattern is longer than ${REGEX_LIMITS.patternBytesMax} bytes`, 'unsupported', 0);
    }
    while (scanner.match(HARMLESS_PREFIX) !== undefined) {
      // They may be several.
    }
    const root = this.#choice();
    if (scanner.fault === undefined && !scanner.isAtEnd) {
      scanner.fail('unmatched closing parenthesis');
    }
    this.#groups.check(scanner);
    return scanner.fault === undefined
      ? success({ root, groupCount: this.#groups.count, names: this.#groups.names })
      : failure(scanner.fault);
  }

  /** Alternatives, up to the end of the group or of the pattern. Options that are set in one hold in those behind it. */
  #choice(): RegexNode {
    const branches = [this.#sequence()];
    while (this.#scanner.take('|')) {
      branches.push(this.#sequence());
    }
    return branches.length === 1 ? (branches[0] ?? EMPTY) : { kind: 'choice', branches };
  }

  /** `(?|…)`: the groups of each alternative have the same numbers. */
  #resetChoice(): RegexNode {
    const first = this.#groups.count;
    let most = first;
    const branches: RegexNode[] = [];
    do {
      this.#groups.count = first;
      branches.push(this.#sequence());
      most = Math.max(most, this.#groups.count);
    } while (this.#scanner.take('|'));
    this.#groups.count = most;
    return { kind: 'choice', branches };
  }

  #sequence(): RegexNode {
    const scanner = this.#scanner;
    const items: RegexNode[] = [];
    for (;;) {
      this.#skipIgnored();
      if (scanner.isAtEnd || (!this.#isQuoted && /[|)]/.test(scanner.peek()))) {
        break;
      }
      const item = this.#item();
      if (item !== undefined) {
        items.push(this.#repeated(item));
      }
    }
    return items.length === 1 ? (items[0] ?? EMPTY) : { kind: 'sequence', items };
  }

  /** Passes what stands for nothing: `\Q` and `\E`, comments, and with `(?x)` white space. */
  #skipIgnored(): void {
    const scanner = this.#scanner;
    for (;;) {
      if (scanner.take('\\E')) {
        this.#isQuoted = false;
      } else if (this.#isQuoted) {
        return;
      } else if (scanner.take('\\Q')) {
        this.#isQuoted = true;
      } else if (scanner.match(COMMENT) === undefined) {
        if (scanner.match(UNFINISHED_COMMENT) !== undefined) {
          scanner.fail('missing ) after (?# comment', 'invalid', scanner.pattern.length);
        }
        if (!this.#options.extended || scanner.match(WHITESPACE) === undefined) {
          return;
        }
      }
    }
  }

  /** One thing that a quantifier may follow; undefined for one that stands for nothing, as `(?i)`. */
  #item(): RegexNode | undefined {
    const scanner = this.#scanner;
    const at = scanner.position;
    const character = scanner.next();
    if (this.#isQuoted) {
      return this.#byte(character.charCodeAt(0));
    }
    switch (character) {
      case '\\':
        return this.#escape(scanner.next());
      case '[':
        return { kind: 'set', set: parseClass(scanner, this.#options) };
      case '(':
        return this.#group(at);
      case '.':
        return { kind: 'set', set: this.#options.dotAll ? ANY_BYTE : NOT_NEWLINE };
      case '^':
        return { kind: 'assertion', place: this.#options.multiline ? 'line-start' : 'subject-start' };
      case '$':
        return { kind: 'assertion', place: this.#options.multiline ? 'line-end' : 'last-line-end' };
      case '*':
      case '+':
      case '?':
        scanner.fail(NOT_REPEATABLE, 'invalid', at);
        return undefined;
      case '{':
        return this.#brace(at);
      default:
        return this.#byte(character.charCodeAt(0));
    }
  }

  /** An opening brace that no item precedes. */
  #brace(at: number): RegexNode | undefined {
    const scanner = this.#scanner;
    scanner.position = at;
    if (scanner.match(COUNT) !== undefined) {
      scanner.fail(NOT_REPEATABLE, 'invalid', scanner.position - 1);
      return undefined;
    }
    scanner.position = at + 1;
    return this.#byte(0x7b);
  }

  #byte(byte: number): RegexNode {
    return { kind: 'set', set: setOfByte(byte, this.#options.caseless) };
  }

  /** A quantifier, if one is next. PCRE takes one for each item, and none behind a simple assertion. */
  #repeated(item: RegexNode): RegexNode {
    this.#skipIgnored();
    if (this.#isQuoted || item.kind === 'assertion' || item.kind === 'keep') {
      return item;
    }
    const range = this.#quantifier();
    return range === undefined ? item : { kind: 'repeat', body: item, ...range, mode: this.#mode() };
  }

  #quantifier(): { readonly min: number; readonly max: number } | undefined {
    const scanner = this.#scanner;
    if (scanner.take('*')) {
      return { min: 0, max: Number.POSITIVE_INFINITY };
    }
    if (scanner.take('+')) {
      return { min: 1, max: Number.POSITIVE_INFINITY };
    }
    if (scanner.take('?')) {
      return { min: 0, max: 1 };
    }
    const [, least, comma, most = ''] = scanner.match(COUNT) ?? [];
    if (least === undefined) {
      return undefined;
    }
    const min = Number(least);
    const limit = most === '' ? Number.POSITIVE_INFINITY : Number(most);
    const max = comma === undefined ? min : limit;
    if (min > REGEX_LIMITS.countMax || (max !== Number.POSITIVE_INFINITY && max > REGEX_LIMITS.countMax)) {
      scanner.fail('number too big in {} quantifier', 'invalid', scanner.position - 1);
    } else if (max < min) {
      scanner.fail('numbers out of order in {} quantifier', 'invalid', scanner.position - 1);
    }
    return { min, max };
  }

  #mode(): RepeatMode {
    if (this.#scanner.take('+')) {
      return 'possessive';
    }
    const isLazy = this.#scanner.take('?');
    return isLazy === this.#options.ungreedy ? 'greedy' : 'lazy';
  }

  #escape(letter: string): RegexNode | undefined {
    const scanner = this.#scanner;
    const place = SIMPLE_ASSERTIONS.get(letter);
    if (place !== undefined) {
      return { kind: 'assertion', place };
    }
    switch (letter) {
      case 'K':
        if (this.#lookDepth > 0) {
          scanner.fail('\\K is not allowed in lookarounds', 'invalid', scanner.position + 1);
        }
        return { kind: 'keep' };
      case 'N':
        if (/\{(?!\d+(,\d*)?\})/y.test(scanner.pattern.slice(scanner.position))) {
          scanner.fail('\\N{name} needs the UTF mode, which is not supported', 'unsupported');
        }
        return { kind: 'set', set: NOT_NEWLINE };
      case 'C':
        return { kind: 'set', set: ANY_BYTE };
      case 'R':
        return NEWLINE_SEQUENCE;
      case 'X':
        scanner.fail('\\X is not supported', 'unsupported');
        return undefined;
      case 'g':
      case 'k':
        return this.#reference(this.#groups.parseReference(scanner, letter));
      default:
        return /[1-9]/.test(letter) ? this.#numbered(letter) : this.#escapedByte(letter);
    }
  }

  #escapedByte(letter: string): RegexNode | undefined {
    const value = parseByteEscape(this.#scanner, letter);
    if (typeof value === 'number') {
      return this.#byte(value);
    }
    return value === undefined ? failUnknownEscape(this.#scanner, letter) : { kind: 'set', set: value };
  }

  /** `\1` to `\9` are references; a longer number is one if there are that many groups by now, else up to three digits are octal. */
  #numbered(first: string): RegexNode | undefined {
    const scanner = this.#scanner;
    const start = scanner.position;
    const number = Number(first + (scanner.match(/\d*/y)?.[0] ?? ''));
    if (number < 10 || /[89]/.test(first) || number <= this.#groups.count) {
      return this.#reference(this.#groups.refer(number, start - 1));
    }
    scanner.position = start;
    const byte = parseOctal(scanner, first);
    return byte === undefined ? undefined : this.#byte(byte);
  }

  #reference(groups: readonly number[] | undefined): RegexNode | undefined {
    return groups && { kind: 'reference', groups, caseless: this.#options.caseless };
  }

  /** The opening parenthesis, at `at`, is passed already. */
  #group(at: number): RegexNode | undefined {
    const scanner = this.#scanner;
    scanner.position = at;
    const [verb, name = ''] = scanner.match(VERB) ?? [];
    if (verb !== undefined) {
      scanner.fail(
        UNICODE_VERBS.test(name)
          ? `(*${name}) is not supported: patterns and subjects are bytes, and a letter outside ASCII is the sequence of its bytes in UTF-8`
          : `(*${name}…) is not supported`,
        'unsupported',
        at,
      );
      return undefined;
    }
    scanner.position = at + 1;
    const opened = openGroup(scanner, this.#options, this.#groups);
    if (opened === undefined) {
      return undefined;
    }
    switch (opened.kind) {
      case 'options':
        this.#options = opened.options;
        return undefined;
      case 'reference':
        return this.#reference(opened.groups);
      case 'capture':
        return this.#inside(() => this.#capture(opened.number));
      case 'look':
        return this.#inside(() => this.#look(opened.behind, opened.negative, at));
      case 'atomic':
        return this.#inside(() => ({ kind: 'atomic', body: this.#choice() }));
      case 'reset':
        return this.#inside(() => this.#resetChoice());
      case 'plain':
        return this.#inside(() => {
          this.#options = opened.options;
          return this.#choice();
        });
    }
  }

  /** Reads a group's inside and its end. Options that are set in it end with it. */
  #inside(read: () => RegexNode): RegexNode | undefined {
    const scanner = this.#scanner;
    const outside = this.#options;
    this.#depth += 1;
    if (this.#depth > REGEX_LIMITS.nestingMax) {
      scanner.fail('parentheses are too deeply nested');
      return undefined;
    }
    const node = read();
    this.#depth -= 1;
    this.#options = outside;
    if (!scanner.take(')')) {
      scanner.fail('missing closing parenthesis');
    }
    // A quantifier may follow a group, whatever is in it.
    return node.kind === 'assertion' || node.kind === 'keep' ? { kind: 'sequence', items: [node] } : node;
  }

  #capture(number: number): RegexNode {
    const body = this.#choice();
    this.#groups.close(number);
    return { kind: 'capture', number, body };
  }

  #look(behind: boolean, negative: boolean, at: number): RegexNode {
    this.#lookDepth += 1;
    const body = this.#choice();
    this.#lookDepth -= 1;
    const branches = body.kind === 'choice' ? body.branches : [body];
    if (behind && branches.some((branch) => fixedLength(branch) === undefined)) {
      this.#scanner.fail('lookbehind assertion is not fixed length', 'invalid', at);
    }
    return { kind: 'look', behind, negative, body };
  }
}

const NEWLINE_SEQUENCE: RegexNode = {
  kind: 'atomic',
  body: {
    kind: 'choice',
    branches: [
      {
        kind: 'sequence',
        items: [
          { kind: 'set', set: setOf('\r') },
          { kind: 'set', set: setOf('\n') },
        ],
      },
      { kind: 'set', set: setOf('\n\x0b\f\r\x85') },
    ],
  },
};
