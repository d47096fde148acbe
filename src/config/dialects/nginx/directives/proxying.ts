/** Upstreams, and the modules that pass requests on to them. nginx has a copy of the same directives for each protocol; here they are one. */

import type { Row } from '../row.ts';
import { later, repeatable, row } from '../row.ts';
import { ANSWERS, HTTP } from './contexts.ts';
import { passesTo, passesToUrl, replaces, setsParameter, splitsPath } from './passing-on.ts';
import { definesCache, keepsFor, usesCache } from './response-caches.ts';
import { UPSTREAM_ROWS } from './upstreams.ts';

const WHY = 'Proxying is to come; until then such a location answers 502.';

const PROTOCOLS = 'SSLv2|SSLv3|TLSv1|TLSv1.1|TLSv1.2|TLSv1.3...';
const CAUSES = 'error|timeout|invalid_header|non_idempotent|http_500|http_503|http_403|http_404|http_429';
const HTTP_CAUSES =
  'error|timeout|invalid_header|non_idempotent|http_500|http_502|http_503|http_504|http_403|http_404|http_429';
const FIELDS =
  'X-Accel-Redirect|X-Accel-Expires|X-Accel-Limit-Rate|X-Accel-Buffering|X-Accel-Charset|Expires|Cache-Control|Set-Cookie|Vary...';

/** Of every protocol. `causes` are the words with which another server is tried. */
function connection(of: string, causes: string): readonly Row[] {
  return [
    row(`${of}_bind`, HTTP, 'text [plain]', 'The own address of connections to the upstream.'),
    row(`${of}_socket_keepalive`, HTTP, 'flag', 'Whether the system probes connections to the upstream.'),
    row(`${of}_connect_timeout`, HTTP, 'msec', 'How long connecting to the upstream may take.'),
    row(`${of}_send_timeout`, HTTP, 'msec', 'How long the upstream may pause while it takes a request.'),
    row(`${of}_read_timeout`, HTTP, 'msec', 'How long the upstream may pause while it answers.'),
    row(`${of}_buffer_size`, HTTP, 'size', 'Memory for the head of a response.'),
    row(`${of}_next_upstream_tries`, HTTP, 'number', 'How many servers are tried.'),
    row(`${of}_next_upstream_timeout`, HTTP, 'msec', 'How long servers are tried.'),
    ...repeatable([row(`${of}_next_upstream`, HTTP, `${causes}...`, 'When another server is tried.')]),
  ];
}

function sockets(of: string): readonly Row[] {
  return [
    row(`${of}_socket_rcvbuf`, HTTP, 'size', 'Memory of the system for what the upstream sends.'),
    row(`${of}_socket_sndbuf`, HTTP, 'size', 'Memory of the system for what the upstream gets.'),
  ];
}

function fields(of: string): readonly Row[] {
  return [
    row(`${of}_intercept_errors`, HTTP, 'flag', 'Whether error pages take the place of what the upstream answers.'),
    ...repeatable([
      row(`${of}_pass_header`, HTTP, 'plain', 'A field of responses that is passed on though it usually is not.'),
      row(`${of}_hide_header`, HTTP, 'plain', 'A field of responses that is not passed on.'),
      row(`${of}_ignore_headers`, HTTP, FIELDS, 'Fields of responses that are not obeyed.'),
    ]),
  ];
}

function buffering(of: string): readonly Row[] {
  return [
    row(`${of}_buffering`, HTTP, 'flag', 'Whether the upstream is freed before the client has everything.'),
    row(`${of}_request_buffering`, HTTP, 'flag', 'Whether the upstream is asked when the body is complete.'),
    row(`${of}_ignore_client_abort`, HTTP, 'flag', 'Whether the upstream goes on when the client is gone.'),
    row(`${of}_pass_request_headers`, HTTP, 'flag', 'Whether the fields of requests are passed on.'),
    row(`${of}_pass_request_body`, HTTP, 'flag', 'Whether the bodies of requests are passed on.'),
    row(`${of}_buffers`, HTTP, 'count bytes', 'Memory for a response.'),
    row(`${of}_busy_buffers_size`, HTTP, 'size', 'How much of a response may be on its way to the client.'),
    row(`${of}_force_ranges`, HTTP, 'flag', 'Whether ranges are cut out of responses whatever the upstream says.'),
    row(`${of}_limit_rate`, HTTP, 'text', 'How fast the upstream is read, in bytes a second.'),
    row(
      `${of}_temp_path`,
      HTTP,
      'path [number] [number] [number]',
      'The folder of responses that do not fit into memory.',
    ),
    row(`${of}_max_temp_file_size`, HTTP, 'size', 'How much of a response goes to a file.'),
    row(`${of}_temp_file_write_size`, HTTP, 'size', 'How much is written to the file at a time.'),
    row(`${of}_store`, HTTP, 'text', 'Keeps a copy of each response as a file.'),
    row(`${of}_store_access`, HTTP, 'plain [plain] [plain]', 'Rights of such copies.'),
  ];
}

function caching(of: string, causes: string): readonly Row[] {
  return [
    row(`${of}_cache`, HTTP, 'text', 'The cache in which responses are kept.', { apply: usesCache }),
    row(`${of}_cache_key`, HTTP, 'text', 'What tells responses in the cache apart.'),
    row(`${of}_cache_min_uses`, HTTP, 'number', 'How often something is asked for before it is kept.'),
    row(`${of}_cache_max_range_offset`, HTTP, 'offset', 'Up to where ranges are taken from the cache.'),
    row(`${of}_cache_lock`, HTTP, 'flag', 'Whether one request fills the cache while others wait.'),
    row(`${of}_cache_lock_timeout`, HTTP, 'msec', 'How long others wait.'),
    row(`${of}_cache_lock_age`, HTTP, 'msec', 'After which time another request may fill the cache.'),
    row(`${of}_cache_revalidate`, HTTP, 'flag', 'Whether the upstream is asked if what is kept still holds.'),
    row(`${of}_cache_background_update`, HTTP, 'flag', 'Whether clients get what is old while the new is fetched.'),
    ...repeatable([
      row(`${of}_cache_path`, 'http', 'path parameter...', 'A cache: its folder, its memory and its limits.', {
        apply: definesCache,
      }),
      row(`${of}_cache_bypass`, HTTP, 'text...', 'When the cache is not asked.'),
      row(`${of}_no_cache`, HTTP, 'text...', 'When responses are not kept.'),
      row(`${of}_cache_valid`, HTTP, 'plain...', 'How long responses are kept, by their status.', { apply: keepsFor }),
      row(`${of}_cache_use_stale`, HTTP, `${causes}|updating|off...`, 'When what is old is better than nothing.'),
      row(`${of}_cache_methods`, HTTP, 'GET|HEAD|POST...', 'Methods whose responses are kept.'),
    ]),
  ];
}

function tls(of: string): readonly Row[] {
  return [
    row(`${of}_ssl_session_reuse`, HTTP, 'flag', 'Whether sessions of TLS are taken up again.'),
    row(`${of}_ssl_ciphers`, HTTP, 'plain', 'Ciphers that may be used.'),
    row(`${of}_ssl_name`, HTTP, 'text', "The name that the upstream's certificate has to have."),
    row(`${of}_ssl_server_name`, HTTP, 'flag', 'Whether the name is told to the upstream.'),
    row(`${of}_ssl_verify`, HTTP, 'flag', "Whether the upstream's certificate is checked."),
    row(
      `${of}_ssl_verify_depth`,
      HTTP,
      'number',
      "How many certificates may be between the upstream's and its authority's.",
    ),
    row(`${of}_ssl_trusted_certificate`, HTTP, 'path', "Authorities of the upstream's certificate."),
    row(`${of}_ssl_crl`, HTTP, 'path', 'Certificates that are revoked.'),
    row(`${of}_ssl_certificate`, HTTP, 'text', 'The certificate that is shown to the upstream.'),
    row(`${of}_ssl_certificate_key`, HTTP, 'text', 'The key of that certificate.'),
    row(
      `${of}_ssl_certificate_cache`,
      HTTP,
      'parameter [parameter] [parameter]',
      'How many certificates with variables in their names are kept.',
    ),
    row(`${of}_ssl_password_file`, HTTP, 'path', 'Passwords of keys.'),
    ...repeatable([
      row(`${of}_ssl_protocols`, HTTP, PROTOCOLS, 'Versions of TLS that are spoken with the upstream.'),
      row(`${of}_ssl_conf_command`, HTTP, 'plain plain', 'A setting of OpenSSL.'),
    ]),
  ];
}

/** Of the protocols whose responses are buffered and may be cached. */
function complete(of: string, causes: string): readonly Row[] {
  return [
    ...connection(of, `${causes}|updating|off`),
    ...sockets(of),
    ...fields(of),
    ...buffering(of),
    ...caching(of, causes),
  ];
}

const PROXY: readonly Row[] = [
  ...complete('proxy', HTTP_CAUSES),
  ...tls('proxy'),
  row('proxy_pass', `${ANSWERS} limit_except`, 'text', 'The server, or the upstream, that gets the requests.', {
    apply: passesToUrl,
  }),
  row('proxy_send_lowat', HTTP, 'size', 'How much has to be free in a socket before it is written to.'),
  row('proxy_headers_hash_max_size', HTTP, 'number', 'Size of the table of fields.'),
  row('proxy_headers_hash_bucket_size', HTTP, 'number', 'Size of a row in the table of fields.'),
  row('proxy_set_body', HTTP, 'text', 'The body that the upstream gets.'),
  row('proxy_method', HTTP, 'text', 'The method that the upstream gets.'),
  row('proxy_pass_trailers', HTTP, 'flag', 'Whether fields behind responses are passed on.'),
  row('proxy_cache_convert_head', HTTP, 'flag', 'Whether HEAD fills the cache.'),
  row('proxy_http_version', HTTP, '1.0|1.1|2', 'The version of HTTP that is spoken with the upstream.'),
  ...repeatable([
    row('proxy_set_header', HTTP, 'plain text', 'A field that the upstream gets.'),
    row('proxy_redirect', HTTP, 'text-or-regex [text]', 'How redirects of the upstream are changed.', {
      apply: replaces('off', 'default'),
    }),
    row('proxy_cookie_domain', HTTP, 'text-or-regex [text]', 'How domains of cookies are changed.', {
      apply: replaces('off'),
    }),
    row('proxy_cookie_path', HTTP, 'text-or-regex [text]', 'How paths of cookies are changed.', {
      apply: replaces('off'),
    }),
    row('proxy_cookie_flags', HTTP, 'text-or-regex [text] [text] [text]', 'How flags of cookies are changed.', {
      apply: replaces('off'),
    }),
  ]),
];

const FASTCGI: readonly Row[] = [
  ...complete('fastcgi', CAUSES),
  row('fastcgi_pass', ANSWERS, 'text', 'The server of FastCGI that gets the requests.', {
    apply: passesTo(undefined, true),
  }),
  row('fastcgi_index', HTTP, 'plain', 'What is put behind a path that ends with a slash.'),
  row('fastcgi_split_path_info', HTTP, 'regex', 'How a path is divided into script and PATH_INFO.', {
    apply: splitsPath,
  }),
  row('fastcgi_send_lowat', HTTP, 'size', 'How much has to be free in a socket before it is written to.'),
  row('fastcgi_keep_conn', HTTP, 'flag', 'Whether connections are kept.'),
  ...repeatable([
    row('fastcgi_param', HTTP, 'plain text [plain]', 'A parameter that the upstream gets.', { apply: setsParameter }),
    row('fastcgi_catch_stderr', HTTP, 'plain', 'A text in the error output that makes a response an error.'),
  ]),
];

const UWSGI: readonly Row[] = [
  ...complete('uwsgi', CAUSES),
  ...tls('uwsgi'),
  row('uwsgi_pass', ANSWERS, 'text', 'The server of uwsgi that gets the requests.', {
    apply: passesTo(/^s?uwsgi:\/\//i, true),
  }),
  row('uwsgi_modifier1', HTTP, 'number(0-255)', "What the packet is, for uWSGI's plugins."),
  row('uwsgi_modifier2', HTTP, 'number(0-255)', 'What the packet is in detail.'),
  row('uwsgi_string', HTTP, 'text', 'What the packet holds in place of parameters.'),
  ...repeatable([
    row('uwsgi_param', HTTP, 'plain text [plain]', 'A parameter that the upstream gets.', { apply: setsParameter }),
  ]),
];

const SCGI: readonly Row[] = [
  ...complete('scgi', CAUSES),
  row('scgi_pass', ANSWERS, 'text', 'The server of SCGI that gets the requests.', {
    apply: passesTo(/^scgi:\/\//i, true),
  }),
  ...repeatable([
    row('scgi_param', HTTP, 'plain text [plain]', 'A parameter that the upstream gets.', { apply: setsParameter }),
  ]),
];

const GRPC: readonly Row[] = [
  ...connection('grpc', `${HTTP_CAUSES}|off`),
  ...sockets('grpc'),
  ...fields('grpc'),
  ...tls('grpc'),
  row('grpc_pass', ANSWERS, 'text', 'The server of gRPC that gets the requests.', {
    apply: passesTo(/^grpcs?:\/\//i, false),
  }),
  ...repeatable([row('grpc_set_header', HTTP, 'plain text', 'A field that the upstream gets.')]),
];

const MEMCACHED: readonly Row[] = [
  ...connection('memcached', 'error|timeout|invalid_response|not_found|off'),
  row('memcached_pass', ANSWERS, 'text', 'The memcached that is asked for responses.', {
    apply: passesTo(undefined, true),
  }),
  row('memcached_gzip_flag', HTTP, 'number', 'The flag of values that are compressed.'),
];

const TUNNEL: readonly Row[] = [
  ...connection('tunnel', 'error|timeout|off'),
  ...sockets('tunnel'),
  row('tunnel_send_lowat', HTTP, 'size', 'How much has to be free in a socket before it is written to.'),
];

export const PROXYING: readonly Row[] = later(WHY, [
  ...PROXY,
  ...FASTCGI,
  ...UWSGI,
  ...SCGI,
  ...GRPC,
  ...MEMCACHED,
  ...TUNNEL,
  ...UPSTREAM_ROWS,
  ...repeatable([
    row('proxy_cache_purge', HTTP, 'text [text...]', 'Removes responses from the cache (ngx_cache_purge).'),
    row('fastcgi_cache_purge', HTTP, 'text [text...]', 'Removes responses from the cache (ngx_cache_purge).'),
    row('uwsgi_cache_purge', HTTP, 'text [text...]', 'Removes responses from the cache (ngx_cache_purge).'),
    row('scgi_cache_purge', HTTP, 'text [text...]', 'Removes responses from the cache (ngx_cache_purge).'),
  ]),
]);
