/** What each atom of a format is, for an exchange that is over. What is not there is ''. Nothing here is escaped yet: values are what clients and applications have sent. */

import type { Atom, AtomName } from '../../config/access-format/access-format.ts';
import { forbidsBody } from '../../protocol/http/bodiless-status.ts';
import { reasonPhrase } from '../../protocol/http/reason-phrases.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import { protocolName } from '../../protocol/http/version.ts';
import { clfDate } from './line.ts';
import type { LoggedExchange } from './logged-exchange.ts';
import { compileTime } from './render-time.ts';

/** One line to be. */
export interface Entry {
  readonly exchange: LoggedExchange;
  /** When the response was over, and how long that was after the head of the request had come. */
  readonly atMs: number;
  readonly tookMs: number;
}

export type Value = (entry: Entry) => string;

/** `fields`: those of every response, rendered. */
export function compileAtom({ name, argument }: Atom, fields: string): Value {
  return COMPILERS[name](argument, fields);
}

type Compiler = (argument: string, fields: string) => Value;

function always(value: Value): Compiler {
  return () => value;
}

const COMPILERS: Readonly<Record<AtomName, Compiler>> = {
  nothing: always(() => ''),
  'client-address': always(({ exchange }) => exchange.client.address),
  'client-and-port': always(({ exchange: { client } }) =>
    client.address === '' ? '' : `${client.address}:${client.port}`,
  ),
  'peer-address': always(({ exchange }) => exchange.connection.address),
  'forwarded-or-client': always(
    ({ exchange }) => exchange.block.getAll('x-forwarded-for').join(', ') || exchange.client.address,
  ),
  user: always(({ exchange }) => userOf(exchange.block.get('authorization') ?? '')),
  'user-or-nothing': always(({ exchange }) => userOf(exchange.block.get('authorization') ?? '') || NOTHING_AT_ALL),
  time: compileBegin,
  'end-time': (format) => compileEnd(format),
  'request-line': always(({ exchange }) => requestLine(exchange, exchange.target)),
  'request-line-without-query': always(({ exchange }) => requestLine(exchange, exchange.rawPath)),
  method: always(({ exchange }) => exchange.method),
  path: always(({ exchange }) => exchange.path),
  'path-and-query': always(({ exchange: { path, query } }) => (query === '' ? path : `${path}?${query}`)),
  query: always(({ exchange: { query } }) => query || NOTHING_AT_ALL),
  'query-with-mark': always(({ exchange: { query } }) => (query === '' ? NOTHING_AT_ALL : `?${query}`)),
  protocol: always(({ exchange }) => protocolOf(exchange)),
  scheme: always(({ exchange }) => exchange.origin.scheme),
  host: always(({ exchange: { host, origin } }) => nameOf(host) || origin.name),
  'server-port': always(({ exchange }) => exchange.origin.port),
  'client-port': always(({ exchange }) => exchange.client.port),
  status: always(({ exchange }) => String(exchange.status)),
  reason: always(({ exchange: { status, sentHead } }) => sentHead?.reason ?? reasonPhrase(status)),
  'body-bytes': always(({ exchange }) => String(exchange.bodyBytes)),
  'body-bytes-or-dash': always(({ exchange }) => (exchange.bodyBytes === 0 ? '' : String(exchange.bodyBytes))),
  'head-bytes': always(({ exchange }) => String(exchange.connection.writer.headBytes)),
  'head-and-body-bytes': always(({ exchange: { connection, bodyBytes } }) =>
    String(connection.writer.headBytes + bodyBytes),
  ),
  'request-bytes': always(({ exchange }) => String(exchange.connection.requests.requestBytes)),
  'response-field-count': (_, fields) => {
    const common = fieldsOf(fields).lines.length;
    return ({ exchange: { sentHead } }) => String(common + (sentHead?.fields.lines.length ?? 0));
  },
  'variable-count': always(({ exchange }) => String(exchange.block.fields.length + VARIABLES_OF_ALL)),
  'request-number': () => {
    let count = 0;
    return () => {
      count += 1;
      return String(count);
    };
  },
  seconds: always(({ tookMs }) => String(Math.floor(tookMs / 1000))),
  milliseconds: always(({ tookMs }) => String(Math.floor(tookMs))),
  microseconds: always(({ tookMs }) => String(Math.floor(tookMs * 1000))),
  'seconds-with-fraction': always(({ tookMs }) => (tookMs / 1000).toFixed(6)),
  process: always(() => String(process.pid)),
  'process-in-brackets': always(() => `<${process.pid}>`),
  'request-id': always(({ exchange }) => exchange.requestId),
  'requests-before': always(({ exchange }) => String(Math.max(0, exchange.connection.keeping.requestCount - 1))),
  'connection-state': always(({ exchange: { connection } }) =>
    connection.isCut ? 'X' : connection.isKept ? '+' : '-',
  ),
  'request-field': (argument) => {
    const lower = argument.toLowerCase();
    return ({ exchange }) => exchange.block.getAll(lower).join(', ');
  },
  'response-field': compileResponseField,
  cookie: (name) => (entry) => cookieOf(entry.exchange.block.getAll('cookie').join('; '), name),
  variable: (argument) => VARIABLES[argument] ?? (() => ''),
  tls: (argument) => (entry) => {
    const { tls } = entry.exchange.origin;
    return (argument === 'SSL_CIPHER' ? tls?.cipher : tls?.protocol) ?? '';
  },
};

/** Stands for a value that is there and empty, where '' would become a dash. No value of a client is like it: those have a character for each byte. */
export const NOTHING_AT_ALL = '\u{E000}';

/** Of uWSGI's requests, beside one for each field: the method, the path and their like. */
const VARIABLES_OF_ALL = 11;

const VARIABLES: Readonly<Record<string, Value>> = {
  request_method: ({ exchange }) => exchange.method,
  path_info: ({ exchange }) => exchange.path,
  query_string: ({ exchange }) => exchange.query,
  raw_uri: ({ exchange }) => exchange.target,
  request_uri: ({ exchange }) => exchange.target,
  server_protocol: ({ exchange }) => protocolOf(exchange),
  server_name: ({ exchange }) => exchange.origin.name,
  server_port: ({ exchange }) => exchange.origin.port,
  remote_addr: ({ exchange }) => exchange.client.address,
  remote_port: ({ exchange }) => exchange.client.port,
  content_type: ({ exchange }) => exchange.block.get('content-type') ?? '',
  content_length: ({ exchange }) => exchange.block.get('content-length') ?? '',
  'wsgi.url_scheme': ({ exchange }) => exchange.origin.scheme,
};

function protocolOf({ method, version }: LoggedExchange): string {
  return method === '' ? '' : protocolName(version);
}

function requestLine(exchange: LoggedExchange, target: string): string {
  return exchange.method === '' ? (exchange.refusedLine ?? '') : `${exchange.method} ${target} ${protocolOf(exchange)}`;
}

/** Apache's time is that of the request, when its head had come. */
function compileBegin(format: string): Value {
  if (format === '') {
    return ({ atMs, tookMs }) => `[${clfDate(atMs - tookMs)}]`;
  }
  const render = compileTime(format);
  return ({ atMs, tookMs }) => render(atMs - tookMs);
}

function compileEnd(format: string): Value {
  if (format === '') {
    return ({ atMs }) => `[${clfDate(atMs)}]`;
  }
  const render = compileTime(format);
  return ({ atMs }) => render(atMs);
}

function compileResponseField(argument: string, fields: string): Value {
  const lower = argument.toLowerCase();
  if (lower === 'content-length') {
    return ({ exchange: { sentLength, status } }) => (sentLength < 0 || forbidsBody(status) ? '' : String(sentLength));
  }
  const ofAll = fieldsOf(fields).getAll(lower);
  return ({ exchange }) => [...(exchange.sentHead?.fields.getAll(lower) ?? []), ...ofAll].join(', ');
}

/** The name that the client has given with HTTP's Basic scheme (RFC 7617). Whether its password was right is the application's affair. */
function userOf(authorization: string): string {
  const [, token] = /^basic +([\w+/=-]{1,1024})$/i.exec(authorization) ?? [];
  return token === undefined ? '' : (Buffer.from(token, 'base64').latin1Slice().split(':', 1)[0] ?? '');
}

/** A host without its port; an IPv6 address keeps its brackets. */
function nameOf(authority: string): string {
  return authority.replace(/:\d*$/, '');
}

function cookieOf(cookies: string, name: string): string {
  for (const pair of cookies.split(/; */)) {
    const at = pair.indexOf('=');
    if (at !== -1 && pair.slice(0, at) === name) {
      return pair.slice(at + 1);
    }
  }
  return '';
}
