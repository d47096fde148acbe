/** What is done to heads of responses, and what is answered in place of a refusal. */

import type { Template } from './template.ts';

/** add_header, and its kin of other modules. */
export interface FieldRule {
  /** For `clear`, a star at the end stands for any ending. */
  readonly name: string;
  readonly value: Template;
  /** Also with a status that is not 200, 201, 204, 206, 301, 302, 303, 304, 307 or 308. */
  readonly always: boolean;
  /** `set` and `clear` are those of headers-more. */
  readonly effect: 'add' | 'set' | 'clear';
}

export type Expires =
  | { readonly kind: 'epoch' | 'max' | 'off' }
  /** From now, or from the file's modification. */
  | { readonly kind: 'after'; readonly seconds: number; readonly since: 'access' | 'modification' }
  /** A time of day. */
  | { readonly kind: 'at'; readonly secondOfDay: number };

export interface FieldRules {
  readonly fields: readonly FieldRule[];
  readonly trailers: readonly FieldRule[];
  readonly expires: Expires | Template | undefined;
}

export interface ErrorPage {
  readonly statuses: readonly number[];
  /** A path, `@name`, or a URL, which is redirected to. */
  readonly to: Template;
  /** `unchanged`: the status of the refusal; `answer`: whatever the page answers with (`=`); a number: that one (`=200`). */
  readonly status: 'unchanged' | 'answer' | number;
}

/** How refusals of the edge itself look, and what is told of it. */
export interface Refusals {
  readonly pages: readonly ErrorPage[];
  /** A page that fails may have a page. */
  readonly isRecursive: boolean;
  /** Pages as nginx makes them, in HTML whatever the client accepts; Portico's own otherwise. */
  readonly style: 'portico' | 'nginx';
  readonly pads: boolean;
}

/** Redirects that the edge makes. */
export interface Redirects {
  readonly isAbsolute: boolean;
  readonly usesServerName: boolean;
  readonly hasPort: boolean;
}

export interface UserId {
  readonly mode: 'on' | 'v1' | 'log';
  readonly name: string;
  readonly domain: string;
  readonly path: string;
  readonly expires: number | 'max' | undefined;
  readonly p3p: string;
  readonly mark: string;
  readonly service: number;
  readonly flags: readonly string[];
}
