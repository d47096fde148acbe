/** The names that gunicorn 23 and hypercorn 0.17 have between `%(` and `)`. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { AtomName } from './access-format.ts';
import type { Meaning } from './apache-atoms.ts';

const SHARED: Readonly<Record<string, AtomName>> = {
  l: 'nothing',
  t: 'end-time',
  s: 'status',
  m: 'method',
  U: 'path',
  q: 'query',
  H: 'protocol',
  T: 'seconds',
  D: 'microseconds',
  L: 'seconds-with-fraction',
  p: 'process-in-brackets',
};

const OF_GUNICORN: Readonly<Record<string, AtomName>> = {
  ...SHARED,
  h: 'client-address',
  u: 'user',
  r: 'request-line',
  b: 'body-bytes',
  B: 'body-bytes',
  M: 'milliseconds',
};

const OF_HYPERCORN: Readonly<Record<string, AtomName>> = {
  ...SHARED,
  h: 'client-and-port',
  r: 'request-line-without-query',
  R: 'request-line',
  st: 'reason',
  S: 'scheme',
  Uq: 'path-and-query',
};

/** What each of them has of a field. */
const FIELDS: Readonly<Record<string, Meaning>> = {
  f: { name: 'request-field', argument: 'referer' },
  a: { name: 'request-field', argument: 'user-agent' },
};
const LENGTH: Meaning = { name: 'response-field', argument: 'content-length' };

/** Variables of the WSGI environment that follow from the request alone. */
export const VARIABLES: ReadonlySet<string> = new Set([
  'request_method',
  'path_info',
  'query_string',
  'raw_uri',
  'request_uri',
  'server_protocol',
  'server_name',
  'server_port',
  'remote_addr',
  'remote_port',
  'content_type',
  'content_length',
  'wsgi.url_scheme',
]);

export function readGunicornAtom(name: string, words: 'gunicorn' | 'hypercorn'): Outcome<Meaning> {
  const names = words === 'gunicorn' ? OF_GUNICORN : OF_HYPERCORN;
  const found = Object.hasOwn(names, name) ? names[name] : undefined;
  if (found !== undefined) {
    return success({ name: found, argument: '' });
  }
  if (words === 'hypercorn' && (name === 'b' || name === 'B')) {
    return success(LENGTH);
  }
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (field !== undefined) {
    return success(field);
  }
  const [, argument = '', letter] = /^\{([^{}]+)\}([ioe])$/.exec(name) ?? [];
  switch (letter) {
    case 'i':
      return success({ name: 'request-field', argument });
    case 'o':
      return success({ name: 'response-field', argument });
    case 'e':
      return readVariable(argument, words);
    default:
      return failure(`${words} has no such atom`);
  }
}

function readVariable(variable: string, words: 'gunicorn' | 'hypercorn'): Outcome<Meaning> {
  const lower = variable.toLowerCase();
  if (words === 'hypercorn') {
    return failure('a variable of the environment is the same in each line; write it down as it is');
  }
  if (lower.startsWith('http_') && lower.length > 'http_'.length) {
    return success({ name: 'request-field', argument: lower.slice('http_'.length).replaceAll('_', '-') });
  }
  return VARIABLES.has(lower)
    ? success({ name: 'variable', argument: lower })
    : failure(
        'the edge writes the log, and does not see what is put into the environment behind it; have the application send a response field, and write %({Name}o)s',
      );
}
