/**
 * Conditional requests, RFC 9110 13, for GET and HEAD of a representation that exists. What is malformed matches nothing: If-None-Match then costs a transfer, If-Match refuses.
 */

import { parseHttpDate } from './dates.ts';

export interface Conditions {
  /** Field values; several lines of one field are joined by commas. */
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  readonly ifUnmodifiedSince: string | undefined;
}

export interface Validators {
  /** With its quotes, and `W/` in front if it is weak. '': there is none. */
  readonly etag: string;
  readonly modifiedS: number;
  /** `modifiedS` as an HTTP-date. */
  readonly lastModified: string;
}

/** How conditions are weighed. */
export interface ConditionRule {
  /** Whether a file is unmodified that is not newer than the date, or only one of that very time; `off`: the field never holds. */
  readonly ifModifiedSince: 'off' | 'exact' | 'before';
  /** All conditions of a request have to hold, and a date that is none is older than any, as in nginx. False: one of a kind counts, as RFC 9110 13.2.2 has it. */
  readonly needsAll: boolean;
}

export type Precondition = 'proceed' | 'not-modified' | 'failed';

export function checkPreconditions(
  conditions: Conditions,
  validators: Validators,
  { rule, nowMs }: { readonly rule: ConditionRule; readonly nowMs: number },
): Precondition {
  return rule.needsAll ? checkAll(conditions, validators, rule, nowMs) : checkInOrder(conditions, validators, nowMs);
}

/** RFC 9110 13.2.2, steps 1 to 4. */
function checkInOrder(conditions: Conditions, validators: Validators, nowMs: number): Precondition {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  // Steps 1 and 2: If-Unmodified-Since counts only without If-Match.
  if (ifMatch !== undefined) {
    if (!listsTag(ifMatch, validators.etag, 'strong')) {
      return 'failed';
    }
  } else if (ifUnmodifiedSince !== undefined && isModifiedSince(validators, ifUnmodifiedSince, nowMs) === true) {
    return 'failed';
  }
  // Steps 3 and 4: If-Modified-Since counts only without If-None-Match.
  if (ifNoneMatch !== undefined) {
    return listsTag(ifNoneMatch, validators.etag, 'weak') ? 'not-modified' : 'proceed';
  }
  if (ifModifiedSince !== undefined && isModifiedSince(validators, ifModifiedSince, nowMs) === false) {
    return 'not-modified';
  }
  return 'proceed';
}

function checkAll(conditions: Conditions, validators: Validators, rule: ConditionRule, nowMs: number): Precondition {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifUnmodifiedSince !== undefined && isModifiedSince(validators, ifUnmodifiedSince, nowMs) !== false) {
    return 'failed';
  }
  if (ifMatch !== undefined && !listsTag(ifMatch, validators.etag, 'strong')) {
    return 'failed';
  }
  if (ifModifiedSince === undefined && ifNoneMatch === undefined) {
    return 'proceed';
  }
  const holds =
    (ifModifiedSince === undefined || isUnmodified(validators, ifModifiedSince, rule, nowMs)) &&
    (ifNoneMatch === undefined || listsTag(ifNoneMatch, validators.etag, 'weak'));
  return holds ? 'not-modified' : 'proceed';
}

function isUnmodified(
  validators: Validators,
  date: string,
  { ifModifiedSince }: ConditionRule,
  nowMs: number,
): boolean {
  switch (ifModifiedSince) {
    case 'off':
      return false;
    case 'exact':
      return date === validators.lastModified || parseHttpDate(date, nowMs) === validators.modifiedS;
    case 'before':
      return isModifiedSince(validators, date, nowMs) === false;
  }
}

/** RFC 9110 13.1.5 and step 5 of 13.2.2: whether Range may be honoured. Without If-Range it may. */
export function isRangeCurrent(
  ifRange: string | undefined,
  validators: Pick<Validators, 'etag' | 'lastModified'>,
): boolean {
  if (ifRange === undefined) {
    return true;
  }
  // A weak tag (W/"…") never equals a strong one. A date must be the very one: not later, not another form of it.
  return (
    ifRange !== '' && !ifRange.startsWith('W/') && (ifRange === validators.etag || ifRange === validators.lastModified)
  );
}

/** Undefined when `date` is none, for such a condition must be ignored (RFC 9110 13.1.3, 13.1.4). */
function isModifiedSince(validators: Validators, date: string, nowMs: number): boolean | undefined {
  if (date === validators.lastModified) {
    return false;
  }
  const seconds = parseHttpDate(date, nowMs);
  return seconds === undefined ? undefined : validators.modifiedS > seconds;
}

/** One member of `1#entity-tag`, with the comma before it: RFC 9110 8.8.3 and 5.6.1, empty members allowed. */
const LISTED_TAG = /(?:[\t ]*,)*[\t ]*(W\/)?("[\x21\x23-\x7e\x80-\xff]*")[\t ]*(?=,|$)/y;

/** RFC 9110 8.8.3.2: the strong comparison takes no weak tag, the weak one ignores weakness. */
function listsTag(list: string, own: string, comparison: 'strong' | 'weak'): boolean {
  const isWeak = own.startsWith('W/');
  const etag = isWeak ? own.slice(2) : own;
  if (list === '*') {
    return true;
  }
  if (etag === '' || (isWeak && comparison === 'strong')) {
    return false;
  }
  if (list === etag) {
    return true;
  }
  LISTED_TAG.lastIndex = 0;
  for (let member = LISTED_TAG.exec(list); member !== null; member = LISTED_TAG.exec(list)) {
    if (member[2] === etag && (comparison === 'weak' || member[1] === undefined)) {
      LISTED_TAG.lastIndex = 0;
      return true;
    }
  }
  return false;
}
