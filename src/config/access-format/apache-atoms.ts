/** The letters of mod_log_config and mod_ssl (Apache 2.4): what each of them is here, or why it cannot be had. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { AtomName } from './access-format.ts';
import { checkTimeFormat } from './time-format.ts';

/** What an atom is, with what stands in its braces. */
export interface Meaning {
  readonly name: AtomName;
  readonly argument: string;
}

type Reader = (argument: string) => Outcome<Meaning>;

const COUNTED_BYTES = 'the edge does not count the bytes of heads and of framing; %B has those of the body';
const MODULES = 'it is told by modules of Apache, which do not run here';

const FIELDS: Readonly<Record<string, Reader>> = {
  i: named('request-field', 'field'),
  o: named('response-field', 'field'),
  C: named('cookie', 'cookie'),
  x: readTls,
  e: () =>
    failure(
      "the environment is the application's, which the edge does not see; have the application send a response field, and write %{Name}o",
    ),
  n: () => failure(MODULES),
};

const LETTERS: Readonly<Record<string, Reader>> = {
  a: choice({ '': 'client-address', c: 'peer-address' }),
  A: () =>
    failure(
      'the edge listens on addresses of its own choice, and does not ask which of them each client has used; %p has the port',
    ),
  b: plain('body-bytes-or-dash'),
  B: plain('body-bytes'),
  D: plain('microseconds'),
  f: () => failure('the edge does not write down which file it has sent; %U has the path'),
  h: choice({ '': 'client-address', c: 'peer-address' }),
  H: plain('protocol'),
  I: () => failure(COUNTED_BYTES),
  k: plain('requests-before'),
  l: plain('nothing'),
  L: choice({ '': 'request-id', c: 'request-id' }),
  m: plain('method'),
  O: () => failure(COUNTED_BYTES),
  p: choice({ '': 'server-port', canonical: 'server-port', local: 'server-port', remote: 'client-port' }),
  P: choice({ '': 'process', pid: 'process' }),
  q: plain('query-with-mark'),
  r: plain('request-line'),
  R: () => failure('there are no handlers with names here'),
  s: plain('status'),
  S: () => failure(COUNTED_BYTES),
  t: readTime,
  T: choice({ '': 'seconds', s: 'seconds', ms: 'milliseconds', us: 'microseconds' }),
  u: plain('user'),
  U: plain('path'),
  v: plain('host'),
  V: plain('host'),
  X: plain('connection-state'),
  ...FIELDS,
};

/** Undefined: Apache has no such letter either. */
export function readApacheAtom(letter: string, argument: string): Outcome<Meaning> | undefined {
  return Object.hasOwn(LETTERS, letter) ? LETTERS[letter]?.(argument) : undefined;
}

/** Whether the letter is one that says more with something in braces. */
export function needsArgument(letter: string): boolean {
  return Object.hasOwn(FIELDS, letter);
}

export const APACHE_LETTERS: readonly string[] = Object.keys(LETTERS);

function plain(name: AtomName): Reader {
  return (argument) =>
    argument === '' ? success({ name, argument }) : failure(`it has nothing in braces; leave {${argument}} out`);
}

function choice(names: Readonly<Record<string, AtomName>>): Reader {
  return (argument) => {
    const name = Object.hasOwn(names, argument) ? names[argument] : undefined;
    return name === undefined
      ? failure(`{${argument}} is none of ${Object.keys(names).filter(Boolean).join(', ')}`)
      : success({ name, argument: '' });
  };
}

function named(name: AtomName, what: string): Reader {
  return (argument) =>
    argument === '' ? failure(`it needs the name of a ${what} in braces`) : success({ name, argument: argument });
}

function readTls(argument: string): Outcome<Meaning> {
  return argument === 'SSL_PROTOCOL' || argument === 'SSL_CIPHER'
    ? success({ name: 'tls', argument })
    : failure(`{${argument}} cannot be had; SSL_PROTOCOL and SSL_CIPHER can`);
}

function readTime(argument: string): Outcome<Meaning> {
  const isEnd = argument.startsWith('end:');
  const format = argument.replace(/^(?:begin|end):/, '');
  const checked = checkTimeFormat(format);
  return checked.ok ? success({ name: isEnd ? 'end-time' : 'time', argument: format }) : checked;
}
