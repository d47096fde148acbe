/** What text with variables is made for: a request, or the session of a stream. */

import type { ErrorLevel } from '../../kernel/error-line.ts';

export interface Subject {
  /** Groups of the regex that has matched last: [0] is the whole. */
  captures: Captures | undefined;
  /** Variables of the configuration that have a value by now, by their number: those of `set`, `map`, named captures, `auth_request_set`. */
  readonly slots: (string | undefined)[];
  /** Captures are escaped where they are put into arguments. */
  readonly isQuoted: boolean;
  /** To the error logs. What the message has of the client's must be escaped. */
  log(level: ErrorLevel, message: string): void;
  /** Told of each regex before it is matched with so many bytes. Throws `CostlyMatch` when a subject has kept its thread for too long. */
  countMatch(length: number): void;
}

/** Of a match: what `RegExp.exec` gives, or what is like it. */
export type Captures = readonly (string | undefined)[];

/** Text that is made for a subject: latin-1. A constant is a plain string. */
export type TemplateFor<S> = string | ((subject: S) => string);

/** Undefined: the subject has no such thing. '' is a value, and in text both are the same. */
export type VariableFor<S> = (subject: S) => string | undefined;
