/** How a line of the access log looks: one of the forms that have a name, or a format in the words of another server. */

/**
 * Whose letters a format has. Apache writes `%h`, gunicorn and hypercorn `%(h)s`, so those two are told from the first by how they are written. Of the
 * letters that mean different things in them (`%p` is a port, `%(p)s` a process) each keeps its own meaning. hypercorn's differ from gunicorn's in a few,
 * and only its own command line has them. uWSGI's names are between the same brackets as gunicorn's, with nothing behind.
 */
export type FormatWords = 'apache' | 'gunicorn' | 'hypercorn' | 'uwsgi';

export interface AccessFormat {
  readonly words: 'combined' | 'json' | FormatWords;
  /** '' for the forms that have a name. */
  readonly text: string;
}

/** What can be in a line, whoever's letter it has. */
export type AtomName =
  | 'nothing'
  | 'client-address'
  | 'client-and-port'
  | 'peer-address'
  | 'forwarded-or-client'
  | 'user'
  | 'user-or-nothing'
  | 'time'
  | 'end-time'
  | 'request-line'
  | 'request-line-without-query'
  | 'method'
  | 'path'
  | 'path-and-query'
  | 'query'
  | 'query-with-mark'
  | 'protocol'
  | 'scheme'
  | 'host'
  | 'server-port'
  | 'client-port'
  | 'status'
  | 'reason'
  | 'body-bytes'
  | 'body-bytes-or-dash'
  | 'head-bytes'
  | 'head-and-body-bytes'
  | 'request-bytes'
  | 'response-field-count'
  | 'variable-count'
  | 'request-number'
  | 'seconds'
  | 'milliseconds'
  | 'microseconds'
  | 'seconds-with-fraction'
  | 'process'
  | 'process-in-brackets'
  | 'request-id'
  | 'requests-before'
  | 'connection-state'
  | 'request-field'
  | 'response-field'
  | 'cookie'
  | 'variable'
  | 'tls';

export interface Atom {
  readonly kind: 'atom';
  readonly name: AtomName;
  /** What stands in its braces: a field, a variable, a format of time. */
  readonly argument: string;
  /** The statuses with which it is written, or is not; undefined: with all. */
  readonly condition: { readonly statuses: readonly number[]; readonly isNegated: boolean } | undefined;
  /** The least number of characters, filled with spaces, or, for a number, with zeros. */
  readonly width: number;
  readonly isLeft: boolean;
  readonly fillsWithZeros: boolean;
}

export type FormatPart = Atom | { readonly kind: 'text'; readonly text: string };
