/**
 * What `-v`, `-V` and `-h` print. Programs read it: certbot looks for the version and the OpenSSL, scripts for the paths, and nginx's own test suite and
 * configuration tools for the modules. A module is named only if its directives do what they say.
 */

import { NGINX_PLACES } from './nginx-places.ts';

/** The version whose behaviour is taken as the measure: newer ones have directives that are not here. */
const NGINX_VERSION = '1.22.1';

/** Modules that nginx has only if it was told so, each with a directive that stands for it. */
const OPTIONAL: readonly (readonly [module: string, directive: string])[] = [
  ['--with-threads', 'aio'],
  ['--with-http_ssl_module', 'ssl_certificate'],
  ['--with-http_v2_module', 'http2'],
  ['--with-http_realip_module', 'set_real_ip_from'],
  ['--with-http_addition_module', 'add_before_body'],
  ['--with-http_sub_module', 'sub_filter'],
  ['--with-http_gunzip_module', 'gunzip'],
  ['--with-http_gzip_static_module', 'gzip_static'],
  ['--with-http_random_index_module', 'random_index'],
  ['--with-http_secure_link_module', 'secure_link'],
  ['--with-http_auth_request_module', 'auth_request'],
  ['--with-http_slice_module', 'slice'],
  ['--with-http_stub_status_module', 'stub_status'],
  ['--with-stream', 'stream'],
  ['--with-stream_ssl_module', 'proxy_ssl'],
  ['--with-stream_ssl_preread_module', 'ssl_preread'],
  ['--with-stream_realip_module', 'proxy_protocol_timeout'],
];

/** Modules that nginx has unless it was told otherwise. */
const USUAL: readonly (readonly [module: string, directive: string])[] = [
  ['http_charset_module', 'charset'],
  ['http_gzip_module', 'gzip'],
  ['http_ssi_module', 'ssi'],
  ['http_userid_module', 'userid'],
  ['http_access_module', 'allow'],
  ['http_auth_basic_module', 'auth_basic'],
  ['http_mirror_module', 'mirror'],
  ['http_autoindex_module', 'autoindex'],
  ['http_geo_module', 'geo'],
  ['http_map_module', 'map'],
  ['http_split_clients_module', 'split_clients'],
  ['http_referer_module', 'valid_referers'],
  ['http_rewrite_module', 'rewrite'],
  ['http_proxy_module', 'proxy_pass'],
  ['http_fastcgi_module', 'fastcgi_pass'],
  ['http_uwsgi_module', 'uwsgi_pass'],
  ['http_scgi_module', 'scgi_pass'],
  ['http_grpc_module', 'grpc_pass'],
  ['http_memcached_module', 'memcached_pass'],
  ['http_limit_conn_module', 'limit_conn'],
  ['http_limit_req_module', 'limit_req'],
  ['http_empty_gif_module', 'empty_gif'],
  ['http_browser_module', 'modern_browser'],
  ['http_upstream_hash_module', 'hash'],
  ['http_upstream_ip_hash_module', 'ip_hash'],
  ['http_upstream_least_conn_module', 'least_conn'],
  ['http_upstream_random_module', 'random'],
  ['http_upstream_keepalive_module', 'keepalive'],
  ['http_upstream_zone_module', 'zone'],
];

/** What runs: whose files are understood, and Portico's own version where nginx has the name of a distribution. */
export function programName(version: string): string {
  return `nginx/${NGINX_VERSION} (Portico ${version})`;
}

export function renderVersion(version: string): string {
  return `nginx version: ${programName(version)}\n`;
}

export interface BuildFacts {
  /** The version of OpenSSL that TLS is spoken by. */
  readonly openssl: string;
  /** Of the Node.js that brings it. */
  readonly node: string;
  /** Whether a directive does what it says. */
  readonly works: (directive: string) => boolean;
}

export function renderBuild({ openssl, node, works }: BuildFacts): string {
  const words = [
    `--prefix=${NGINX_PLACES.prefix.replace(/\/$/, '')}`,
    `--conf-path=${NGINX_PLACES.file}`,
    `--http-log-path=${NGINX_PLACES.accessLog}`,
    '--error-log-path=stderr',
    `--pid-path=${NGINX_PLACES.pidFile}`,
    ...OPTIONAL.filter(([, directive]) => works(directive)).map(([module]) => module),
    ...USUAL.filter(([, directive]) => !works(directive)).map(([module]) => `--without-${module}`),
  ];
  return `built with OpenSSL ${openssl} (of Node.js ${node})\nTLS SNI support enabled\nconfigure arguments: ${words.join(' ')}\n`;
}

export const NGINX_HELP: string = `Usage: nginx [-?hvVtTq] [-s signal] [-p prefix]
             [-e filename] [-c filename] [-g directives]

Options:
  -?,-h         : this help
  -v            : show version and exit
  -V            : show version and configure options then exit
  -t            : test configuration and exit
  -T            : test configuration, dump it and exit
  -q            : suppress non-error messages during configuration testing
  -s signal     : send signal to a master process: stop, quit, reopen, reload
  -p prefix     : set prefix path (default: ${NGINX_PLACES.prefix})
  -e filename   : set error log file (default: stderr)
  -c filename   : set configuration file (default: ${NGINX_PLACES.file})
  -g directives : set global directives out of configuration file

`;
