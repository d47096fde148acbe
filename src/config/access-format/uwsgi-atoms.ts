/** The names that uWSGI 2.0 has between `%(` and `)` in `log-format`, and the line that it writes where no format is given. */

import type { AtomName } from './access-format.ts';
import type { Meaning } from './apache-atoms.ts';
import { VARIABLES } from './gunicorn-atoms.ts';

/** As `core/logging.c` writes it, which is what programs that read its logs look for. */
export const UWSGI_LINE =
  '[pid: %(pid)|app: 0|req: %(requests)/%(requests)] %(addr) (%(username)) {%(vars) vars in %(pktsize) bytes} [%(ctime)] %(method) %(uri) => generated %(rsize) bytes in %(msecs) msecs (%(proto) %(status)) %(headers) headers in %(hsize) bytes (1 switches on core 0)';

const NAMES: Readonly<Record<string, AtomName>> = {
  method: 'method',
  user: 'user',
  username: 'user-or-nothing',
  addr: 'client-address',
  forwarded: 'forwarded-or-client',
  proto: 'protocol',
  status: 'status',
  micros: 'microseconds',
  msecs: 'milliseconds',
  secs: 'seconds',
  rsize: 'body-bytes',
  hsize: 'head-bytes',
  size: 'head-and-body-bytes',
  pktsize: 'request-bytes',
  headers: 'response-field-count',
  vars: 'variable-count',
  pid: 'process',
  requests: 'request-number',
};

const TIMES: Readonly<Record<string, string>> = {
  time: 'sec',
  epoch: 'sec',
  unix: 'sec',
  ctime: '%c',
  ltime: '%d/%b/%Y:%H:%M:%S %z',
  ftime: '%d/%b/%Y:%H:%M:%S %z',
  tmsecs: 'msec',
  tmicros: 'usec',
};

const FIELDS: Readonly<Record<string, string>> = { host: 'host', uagent: 'user-agent', referer: 'referer' };
const OTHERS: Readonly<Record<string, string>> = { uri: 'request_uri', cl: 'content_length' };
/** What a process of uWSGI counts, and has no counterpart: one switch, one core, no errors of connections. */
const TEXTS: Readonly<Record<string, string>> = {
  switches: '1',
  core: '0',
  modifier1: '0',
  modifier2: '0',
  werr: '0',
  rerr: '0',
  ioerr: '0',
};

/** A text stands for itself. Undefined: it is a name of the application's own (`uwsgi.set_logvar`), or not known. */
export function readUwsgiAtom(name: string): Meaning | string | undefined {
  const own = <T>(table: Readonly<Record<string, T>>): T | undefined =>
    Object.hasOwn(table, name) ? table[name] : undefined;
  const atom = own(NAMES);
  if (atom !== undefined) {
    return { name: atom, argument: '' };
  }
  const time = own(TIMES);
  if (time !== undefined) {
    return { name: 'time', argument: time };
  }
  const field = own(FIELDS);
  if (field !== undefined) {
    return { name: 'request-field', argument: field };
  }
  const variable = own(OTHERS);
  return variable === undefined ? (own(TEXTS) ?? readVariable(name)) : { name: 'variable', argument: variable };
}

function readVariable(name: string): Meaning | undefined {
  const [, variable = ''] = /^var\.(\w+)$/.exec(name) ?? [];
  const lower = variable.toLowerCase();
  if (lower.startsWith('http_') && lower.length > 'http_'.length) {
    return { name: 'request-field', argument: lower.slice('http_'.length).replaceAll('_', '-') };
  }
  return VARIABLES.has(lower) ? { name: 'variable', argument: lower } : undefined;
}
