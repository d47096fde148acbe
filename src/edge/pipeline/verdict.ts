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

/** Statuses that nobody sends. */
export const UNSENT_STATUS = {
  /** The connection is closed without an answer, as `return 444` of nginx does. */
  close: 444,
  /** The client has gone before it was answered: for the log. */
  clientGone: 499,
} as const;
