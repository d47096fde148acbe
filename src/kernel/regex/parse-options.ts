/** What follows an opening parenthesis: the kind of the group, and the options that are set there. */

import type { GroupNames } from './group-names.ts';
import type { PatternScanner } from './pattern-scanner.ts';

export interface InlineOptions {
  /** i */
  readonly caseless: boolean;
  /** m */
  readonly multiline: boolean;
  /** s */
  readonly dotAll: boolean;
  /** x */
  readonly extended: boolean;
  /** xx */
  readonly extendedMore: boolean;
  /** n */
  readonly noCapture: boolean;
  /** U */
  readonly ungreedy: boolean;
}

export type OpenedGroup =
  | { readonly kind: 'capture'; readonly number: number }
  | { readonly kind: 'plain'; readonly options: InlineOptions }
  | { readonly kind: 'atomic' | 'reset' }
  | { readonly kind: 'look'; readonly behind: boolean; readonly negative: boolean }
  /** `(?i)`, which is whole: the options hold in the group that it stands in. */
  | { readonly kind: 'options'; readonly options: InlineOptions }
  /** `(?P=name)`, which is whole too. */
  | { readonly kind: 'reference'; readonly groups: readonly number[] };

const OPTIONS = /(\^?)([imsnxUJ]*)(?:-([imsnxUJ]*))?([:)])/y;
const LOOKS: readonly (readonly [mark: string, behind: boolean, negative: boolean])[] = [
  ['=', false, false],
  ['!', false, true],
  ['<=', true, false],
  ['<!', true, true],
];

/** The parenthesis is passed already. Undefined after a fault. */
export function openGroup(
  scanner: PatternScanner,
  options: InlineOptions,
  groups: GroupNames,
): OpenedGroup | undefined {
  if (!scanner.take('?')) {
    return options.noCapture ? { kind: 'plain', options } : { kind: 'capture', number: groups.open() };
  }
  if (scanner.take('>')) {
    return { kind: 'atomic' };
  }
  if (scanner.take('|')) {
    return { kind: 'reset' };
  }
  const look = LOOKS.find(([mark]) => scanner.take(mark));
  if (look !== undefined) {
    return { kind: 'look', behind: look[1], negative: look[2] };
  }
  if (scanner.take('P=')) {
    const referred = groups.referByName(scanner, ')');
    return referred && { kind: 'reference', groups: referred };
  }
  if (scanner.take('<') || scanner.take('P<')) {
    return named(scanner, groups, '>');
  }
  if (scanner.take("'")) {
    return named(scanner, groups, "'");
  }
  return openOptions(scanner, options);
}

function named(scanner: PatternScanner, groups: GroupNames, closing: string): OpenedGroup | undefined {
  const number = groups.openNamed(scanner, closing);
  return number === undefined ? undefined : { kind: 'capture', number };
}

const UNSUPPORTED: readonly (readonly [form: RegExp, words: string])[] = [
  [/R\)|[+-]?\d+\)|P>|&/y, 'recursion and calling a group as a subroutine are not supported'],
  [/\(/y, 'a condition is not supported'],
  [/C/y, 'a callout is not supported'],
];

function openOptions(scanner: PatternScanner, options: InlineOptions): OpenedGroup | undefined {
  const refused = UNSUPPORTED.find(([form]) => scanner.match(form) !== undefined);
  if (refused !== undefined) {
    scanner.fail(refused[1], 'unsupported');
    return undefined;
  }
  const [found, caret, on = '', off = '', end] = scanner.match(OPTIONS) ?? [];
  if (found === undefined) {
    scanner.fail('unrecognized character after (? or (?-');
    return undefined;
  }
  if (on.includes('J')) {
    scanner.fail('(?J), names that several groups share, is not supported', 'unsupported');
    return undefined;
  }
  const changed = change(caret === '^' ? withoutOptions(options) : options, on, off);
  return end === ':' ? { kind: 'plain', options: changed } : { kind: 'options', options: changed };
}

/** `(?^)` ends i, m, n, s and x. */
function withoutOptions({ ungreedy }: InlineOptions): InlineOptions {
  return {
    caseless: false,
    multiline: false,
    dotAll: false,
    extended: false,
    extendedMore: false,
    noCapture: false,
    ungreedy,
  };
}

function change(options: InlineOptions, on: string, off: string): InlineOptions {
  const set = (letter: string, now: boolean): boolean => (now || on.includes(letter)) && !off.includes(letter);
  return {
    caseless: set('i', options.caseless),
    multiline: set('m', options.multiline),
    dotAll: set('s', options.dotAll),
    extended: set('x', options.extended),
    // `(?x)` alone ends what `(?xx)` has begun.
    extendedMore:
      on.includes('x') || off.includes('x') ? on.includes('xx') && !off.includes('x') : options.extendedMore,
    noCapture: set('n', options.noCapture),
    ungreedy: set('U', options.ungreedy),
  };
}
