/** Which files of nginx's own test suite are run: those on what Portico does. */

import { globSync } from 'node:fs';

const TOPICS = [
  'access*',
  'auth_*',
  'autoindex*',
  'body*',
  'charset*',
  'empty_gif*',
  'error_log*',
  'fastcgi*',
  'geo',
  'geo_*',
  'gunzip*',
  'gzip*',
  'headers*',
  'http_*',
  'ignore_invalid_headers',
  'index*',
  'limit_*',
  'map*',
  'memcached*',
  'merge_slashes*',
  'mirror*',
  'not_modified*',
  'post_action*',
  'proxy*',
  'random_index*',
  'range*',
  'realip*',
  'referer',
  'request_id*',
  'rewrite*',
  'satisfy*',
  'scgi*',
  'secure_link*',
  'server_tokens',
  'split_clients*',
  'ssi*',
  'ssl*',
  'static*',
  'stream*',
  'stub_status*',
  'sub_filter*',
  'try_files*',
  'tunnel*',
  'upstream*',
  'userid*',
  'uwsgi*',
];
/** The formats of Flash and MPEG-4 have modules that Portico has not, as have caches of what servers behind have answered, and HTTP/2 to these. */
const LEFT_OUT = ['*_flv', '*_mp4', 'proxy_cache*', 'fastcgi_cache', 'scgi_cache', 'proxy_store', 'proxy_h2*'];

/** A directive that hands a request to a server behind, or names such servers. */
const UPSTREAM = /(?:^|[;{])\s*(?:(?:proxy|fastcgi|uwsgi|scgi|grpc|memcached)_pass\s|upstream\s+\S+\s*\{)/m;

/** The names of the suite's files, sorted. `pattern` chooses among all files of the suite. */
export function chooseFiles(suite: string, pattern: string | undefined): string[] {
  const include = pattern === undefined ? TOPICS : [pattern.replace(/\.t$/, '')];
  const exclude = pattern === undefined ? LEFT_OUT : [];
  const found = globSync(
    include.map((topic) => `${topic}.t`),
    { cwd: suite, exclude: exclude.map((topic) => `${topic}.t`) },
  );
  return [...new Set(found)].sort();
}

export function needsUpstream(text: string): boolean {
  return UPSTREAM.test(text);
}
