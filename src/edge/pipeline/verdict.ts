/**
 * What a step says of a request. Everything else is a status: the request is refused with it, which the error pages of the scope may turn into a page, a redirect
 * or another location.
 */

export const VERDICT = {
  /** The next step is asked. */
  proceed: 0,
  /** The step has answered, or has handed the request to who will. */
  answered: -1,
  /** The step goes on later by `route.resume`, exactly once, unless the client goes first. */
  pending: -2,
  /** The URI or the location has changed (`route.relocate`, `route.relocateNamed`): a location is looked for again. */
  relocated: -3,
} as const;

/** One of `VERDICT`, or the status of a refusal. */
export type Verdict = number;

/** Statuses that stand for a connection that is closed without an answer: `return 444` of nginx, and what it does with those of a client that is not there any more. */
export const UNSENT_STATUSES: ReadonlySet<number> = new Set([408, 444, 499]);
