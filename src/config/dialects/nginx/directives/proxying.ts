/** The modules that pass requests on. nginx has a copy of the same directives for each protocol; here they are one. */

import type { Row } from '../row.ts';
import { accepted, later, repeatable, row } from '../row.ts';
import { ANSWERS, HTTP } from './contexts.ts';
import { HEALTH_CHECK_ROWS } from './health-checks.ts';
import { passesTo, passesToUrl } from './passing-on.ts';
import { cachingRows, storeRows } from './proxy-caching.ts';
import { abortRow, connectionRows } from './proxy-connection.ts';
import type { ProxyModule } from './proxy-module.ts';
import {
  FASTCGI_REQUEST,
  MEMCACHED_REQUEST,
  PROXY_REQUEST,
  parameterRows,
  requestRows,
  setFieldRows,
  UWSGI_REQUEST,
} from './proxy-request.ts';
import { bufferingRows, fieldRows, headSizeRow, trailersRow } from './proxy-response.ts';
import { PROXY_REWRITES } from './proxy-rewrites.ts';
import { tlsRows } from './proxy-tls.ts';
import { UPSTREAM_ROWS } from './upstreams.ts';

const NO_GRPC = 'gRPC is to come with HTTP/2; until then such a location answers 502.';
const NO_CACHE = 'Responses are not kept yet: each request is answered by the upstream.';
const NO_TUNNEL = 'Requests that CONNECT to other servers are refused.';

const CAUSES = 'error|timeout|invalid_header|non_idempotent|http_500|http_503|http_403|http_404|http_429';
const HTTP_CAUSES =
  'error|timeout|invalid_header|non_idempotent|http_500|http_502|http_503|http_504|http_403|http_404|http_429';

function socketRows(of: ProxyModule): readonly Row[] {
  return accepted('The system finds the sizes by itself, by what a connection needs.', [
    row(`${of}_socket_rcvbuf`, HTTP, 'size', 'Memory of the system for what the upstream sends.'),
    row(`${of}_socket_sndbuf`, HTTP, 'size', 'Memory of the system for what the upstream gets.'),
  ]);
}

/** Of FreeBSD. */
function lowWaterRows(of: ProxyModule): readonly Row[] {
  return accepted('Linux has no such mark.', [
    row(`${of}_send_lowat`, HTTP, 'size', 'How much has to be free in a socket before it is written to.'),
  ]);
}

/** Of the protocols whose responses are buffered and may be cached. */
function complete(of: ProxyModule, causes: string): readonly Row[] {
  return [
    ...connectionRows(of, `${causes}|updating|off`),
    headSizeRow(of),
    abortRow(of),
    ...socketRows(of),
    ...requestRows(of),
    ...fieldRows(of),
    ...bufferingRows(of),
    ...later(NO_CACHE, [...storeRows(of), ...cachingRows(of, causes)]),
  ];
}

const PROXY: readonly Row[] = [
  ...complete('proxy', HTTP_CAUSES),
  ...tlsRows('proxy'),
  row('proxy_pass', `${ANSWERS} limit_except`, 'text', 'The server, or the upstream, that gets the requests.', {
    apply: passesToUrl,
  }),
  ...lowWaterRows('proxy'),
  ...accepted('Tables of names are as large as they have to be.', [
    row('proxy_headers_hash_max_size', HTTP, 'number', 'Size of the table of fields.'),
    row('proxy_headers_hash_bucket_size', HTTP, 'number', 'Size of a row in the table of fields.'),
  ]),
  trailersRow('proxy'),
  ...later(NO_CACHE, [row('proxy_cache_convert_head', HTTP, 'flag', 'Whether HEAD fills the cache.')]),
  ...PROXY_REQUEST,
  ...PROXY_REWRITES,
];

const FASTCGI: readonly Row[] = [
  ...complete('fastcgi', CAUSES),
  row('fastcgi_pass', ANSWERS, 'text', 'The server of FastCGI that gets the requests.', {
    apply: passesTo({ protocol: 'fastcgi', needsPort: true }),
  }),
  ...lowWaterRows('fastcgi'),
  ...FASTCGI_REQUEST,
  ...parameterRows('fastcgi'),
];

const UWSGI: readonly Row[] = [
  ...complete('uwsgi', CAUSES),
  ...tlsRows('uwsgi'),
  row('uwsgi_pass', ANSWERS, 'text', 'The server of uwsgi that gets the requests.', {
    apply: passesTo({ protocol: 'uwsgi', schemes: /^s?uwsgi:\/\//i, needsPort: true }),
  }),
  ...UWSGI_REQUEST,
  ...parameterRows('uwsgi'),
];

const SCGI: readonly Row[] = [
  ...complete('scgi', CAUSES),
  row('scgi_pass', ANSWERS, 'text', 'The server of SCGI that gets the requests.', {
    apply: passesTo({ protocol: 'scgi', schemes: /^scgi:\/\//i, needsPort: true }),
  }),
  ...parameterRows('scgi'),
];

const GRPC: readonly Row[] = [
  ...connectionRows('grpc', `${HTTP_CAUSES}|off`),
  headSizeRow('grpc'),
  ...socketRows('grpc'),
  ...fieldRows('grpc'),
  ...tlsRows('grpc'),
  row('grpc_pass', ANSWERS, 'text', 'The server of gRPC that gets the requests.', {
    apply: passesTo({ protocol: undefined, schemes: /^grpcs?:\/\//i, needsPort: false }),
  }),
  ...setFieldRows('grpc'),
];

const MEMCACHED: readonly Row[] = [
  ...connectionRows('memcached', 'error|timeout|invalid_response|not_found|off'),
  headSizeRow('memcached'),
  row('memcached_pass', ANSWERS, 'text', 'The memcached that is asked for responses.', {
    apply: passesTo({ protocol: 'memcached', needsPort: true }),
  }),
  ...MEMCACHED_REQUEST,
];

const TUNNEL: readonly Row[] = [
  ...connectionRows('tunnel', 'error|timeout|off'),
  headSizeRow('tunnel'),
  ...socketRows('tunnel'),
  ...lowWaterRows('tunnel'),
];

export const PROXYING: readonly Row[] = [
  ...PROXY,
  ...FASTCGI,
  ...UWSGI,
  ...SCGI,
  ...later(NO_GRPC, GRPC),
  ...MEMCACHED,
  ...later(NO_TUNNEL, TUNNEL),
  ...UPSTREAM_ROWS,
  ...HEALTH_CHECK_ROWS,
  ...later(
    NO_CACHE,
    repeatable([
      row('proxy_cache_purge', HTTP, 'text [text...]', 'Removes responses from the cache (ngx_cache_purge).'),
      row('fastcgi_cache_purge', HTTP, 'text [text...]', 'Removes responses from the cache (ngx_cache_purge).'),
      row('uwsgi_cache_purge', HTTP, 'text [text...]', 'Removes responses from the cache (ngx_cache_purge).'),
      row('scgi_cache_purge', HTTP, 'text [text...]', 'Removes responses from the cache (ngx_cache_purge).'),
    ]),
  ),
];
