/** What the request itself says: its line, its fields, its arguments, its cookies. */

import { HTTP_VERSION, protocolName } from '../../../protocol/http/version.ts';
import { hostNameOf, requestUriOf } from '../request-facts.ts';
import type { Route } from '../route.ts';
import { connectionOf } from './connection-of.ts';
import type { Variable, VariableFamily, VariableTable } from './variable.ts';

export const REQUEST_VARIABLES: VariableTable = {
  args: queryOf,
  query_string: queryOf,
  is_args: ({ query }) => (query === '' ? '' : '?'),
  uri: ({ path }) => path,
  document_uri: ({ path }) => path,
  request_uri: ({ exchange }) => requestUriOf(exchange),
  request: ({ main: { exchange } }) => requestLine(exchange),
  request_method: ({ main }) => main.method,
  request_id: ({ main }) => main.exchange.requestId,
  request_length: ({ main }) => String(connectionOf(main)?.requests.requestBytes ?? 0),
  request_body: ({ main: { readBody } }) => readBody?.text,
  request_body_file: ({ main: { readBody } }) => readBody?.path || undefined,
  // Of a body that came in chunks it is known when it was read.
  content_length: ({ exchange: { block }, main: { readBody } }) =>
    block.get('content-length') ?? readBody?.length.toString(),
  content_type: field('content-type'),
  host: (route) => hostNameOf(route) || route.site.name,
  scheme: ({ exchange }) => exchange.origin.scheme,
  https: ({ exchange }) => (exchange.origin.scheme === 'https' ? 'on' : ''),
  http2: ({ exchange }) => (exchange.version === HTTP_VERSION.http2 ? 'h2' : ''),
  http3: () => '',
  server_protocol: ({ exchange }) => protocolName(exchange.version),
  remote_user: ({ exchange }) => credentialsOf(exchange.block.get('authorization'))?.user,
  request_port: ({ exchange }) => portOf(exchange.host),
  is_request_port: ({ exchange }) => (portOf(exchange.host) === '' ? '' : ':'),
  limit_rate: ({ limitRate }) => String(limitRate ?? 0),
  proxy_host: ({ asked }) => asked?.host,
  proxy_port: ({ asked }) => asked?.port,
  proxy_add_x_forwarded_for: forwardedFor,
  msie: ({ exchange }) => (/MSIE [4-9]|MSIE \d\d/.test(exchange.block.get('user-agent') ?? '') ? '1' : ''),
};

/** As in nginx, an empty query is none: `-` in a log, `(none)` in an SSI page. */
function queryOf({ query }: Route): string | undefined {
  return query === '' ? undefined : query;
}

/** What a proxy says of whom it asks for: everybody that the field names already, and the client. */
function forwardedFor({ exchange, client }: Route): string {
  const address = client.address || 'unix:';
  if (!exchange.block.hasProxyFields) {
    return address;
  }
  const before = exchange.block.getAll('x-forwarded-for').join(', ');
  return before === '' ? address : `${before}, ${address}`;
}

/** As it came; where it could not be read, as far as it came. */
function requestLine(exchange: Route['exchange']): string {
  return exchange.method === ''
    ? ((exchange as { readonly refusedLine?: string | undefined }).refusedLine ?? '')
    : `${exchange.method} ${exchange.target} ${protocolName(exchange.version)}`;
}

function field(lower: string): Variable {
  return ({ exchange }) => exchange.block.get(lower);
}

/** `http_user_agent` is the field User-Agent. Cookies that came in several fields are one, as RFC 6265 5.4 writes them. */
export const fieldVariable: VariableFamily = (name) => {
  const lower = name.replaceAll('_', '-');
  const joint = lower === 'cookie' ? '; ' : ', ';
  return ({ exchange: { block }, site: { takesUnderscores } }) => {
    let value: string | undefined;
    for (const one of block.fields) {
      if (one.lower === lower || (takesUnderscores && isNamed(one.lower, name))) {
        value = value === undefined ? one.value : value + joint + one.value;
      }
    }
    return value;
  };
};

/** A field whose name has an underscore of its own is found by it as well. */
function isNamed(lower: string, variable: string): boolean {
  return lower.length === variable.length && lower.replaceAll('-', '_') === variable;
}

/** The first argument of the name, in whatever case, as it stands in the query: with its escapes. */
export const argumentVariable: VariableFamily = (name) => {
  const wanted = `${name.toLowerCase()}=`;
  return ({ query }) => argumentOf(query, wanted);
};

function argumentOf(query: string, wanted: string): string | undefined {
  if (query.length < wanted.length) {
    return undefined;
  }
  const lower = query.toLowerCase();
  let start = lower.indexOf(wanted);
  while (start > 0 && query[start - 1] !== '&') {
    start = lower.indexOf(wanted, start + 1);
  }
  if (start === -1) {
    return undefined;
  }
  const end = query.indexOf('&', start);
  return query.slice(start + wanted.length, end === -1 ? undefined : end);
}

/** The first cookie of the name, in whatever case. As in nginx, one begins behind a comma as well, but its value may have commas. */
export const cookieVariable: VariableFamily = (name) => {
  const pair = new RegExp(`(?:^|[;,]) *${name.replace(/\W/g, '\\$&')} *= *([^;]*)`, 'i');
  return ({ exchange: { block } }) => {
    for (const line of block.getAll('cookie')) {
      const found = pair.exec(line);
      if (found !== null) {
        return found[1];
      }
    }
    return undefined;
  };
};

/** What the credentials of RFC 7617 say. They were not checked, unless a rule of the scope has asked for that. */
export function credentialsOf(authorization: string | undefined): { user: string; password: string } | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+=*) *$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) {
    return undefined;
  }
  const credentials = Buffer.from(encoded, 'base64').latin1Slice();
  const colon = credentials.indexOf(':');
  // To nginx there is no user whose name is empty.
  return colon < 1 ? undefined : { user: credentials.slice(0, colon), password: credentials.slice(colon + 1) };
}

function portOf(host: string): string {
  return /:([0-9]+)$/.exec(host)?.[1] ?? '';
}
