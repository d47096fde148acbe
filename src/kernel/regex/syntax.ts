/** What a regular expression of PCRE's syntax says, as a tree. Two engines are made from it: see `regex.ts`. */

import type { ByteSet } from './byte-set.ts';

export type RepeatMode = 'greedy' | 'lazy' | 'possessive';

export type AssertionPlace =
  | 'subject-start'
  | 'subject-end'
  /** At the end, or before a newline that ends the subject: `$`. */
  | 'last-line-end'
  | 'line-start'
  | 'line-end'
  | 'word-boundary'
  | 'no-word-boundary';

export type RegexNode =
  | { readonly kind: 'set'; readonly set: ByteSet }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly branches: readonly RegexNode[] }
  | { readonly kind: 'capture'; readonly number: number; readonly body: RegexNode }
  | {
      readonly kind: 'repeat';
      readonly body: RegexNode;
      readonly min: number;
      /** Infinity: no limit was written. */
      readonly max: number;
      readonly mode: RepeatMode;
    }
  | { readonly kind: 'assertion'; readonly place: AssertionPlace }
  | { readonly kind: 'look'; readonly behind: boolean; readonly negative: boolean; readonly body: RegexNode }
  | { readonly kind: 'atomic'; readonly body: RegexNode }
  | { readonly kind: 'reference'; readonly groups: readonly number[]; readonly caseless: boolean }
  /** `\K`: the match is said to begin here. */
  | { readonly kind: 'keep' };

export const EMPTY: RegexNode = { kind: 'sequence', items: [] };

export interface RegexFault {
  /** What is wrong, in a few words. */
  readonly message: string;
  /** Index of the byte of the pattern behind which it was noticed. */
  readonly offset: number;
  /** `invalid`: PCRE refuses it too. `unsupported`: PCRE knows it, and this program does not. */
  readonly kind: 'invalid' | 'unsupported';
}

export interface ParsedRegex {
  readonly root: RegexNode;
  readonly groupCount: number;
  /** Numbers of the groups that have a name, by name, in the order of the pattern. */
  readonly names: ReadonlyMap<string, readonly number[]>;
}

export const REGEX_LIMITS = {
  /** PCRE's own default. Both engines nest calls as deep as the pattern nests groups. */
  nestingMax: 250,
  /** PCRE's own limit of a number in `{}`. */
  countMax: 65_535,
  /** Bytes of a pattern. Lists of several hundred robots' names have ten thousand; nobody reads more. */
  patternBytesMax: 65_536,
  /** PCRE's own. */
  nameBytesMax: 32,
} as const;
