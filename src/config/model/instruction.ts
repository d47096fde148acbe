/** The instructions of nginx's rewrite module, which are run in the order in which they are written. */

import type { Content } from './content.ts';
import type { Pattern, Template } from './template.ts';

export type Instruction =
  | { readonly kind: 'set'; readonly variable: string; readonly value: Template }
  | Rewrite
  /** 444 closes the connection without an answer. `body` is the text, or the URL of a redirect. */
  | { readonly kind: 'return'; readonly status: number; readonly body: Template | undefined }
  | { readonly kind: 'break' }
  | {
      readonly kind: 'if';
      readonly condition: Condition;
      readonly inside: readonly Instruction[];
      /** What holds for the request from then on, unless its URI is changed and a location is looked for again. */
      readonly scope: ScopeId;
      readonly content: Content | undefined;
    };

export interface Rewrite {
  readonly kind: 'rewrite';
  readonly pattern: Pattern;
  /** Without the question mark that keeps the request's arguments from being appended. */
  readonly replacement: Template;
  readonly appendsArguments: boolean;
  /** `redirect` and `permanent` answer 302 and 301; `last` looks for a location, `break` stays in this one, and after `none` the instructions go on. */
  readonly flag: 'none' | 'last' | 'break' | 'redirect' | 'permanent';
}

export type Condition =
  /** Not empty, and not "0". */
  | { readonly kind: 'true'; readonly variable: string }
  | { readonly kind: 'equals'; readonly variable: string; readonly value: Template; readonly isNegated: boolean }
  | { readonly kind: 'matches'; readonly variable: string; readonly pattern: Pattern; readonly isNegated: boolean }
  | {
      readonly kind: 'file';
      readonly test: 'file' | 'directory' | 'any' | 'executable';
      readonly path: Template;
      readonly isNegated: boolean;
    };

/** Index in `ServerModel.scopes`. */
export type ScopeId = number;
