/** Files that nginx 1.22.1 passes and Portico does not, with the reason: each is one test of a file or a few, and the others pass. */

const CACHE = 'Portico keeps no cache of what servers have answered, and the tests that fail look into one.';
const UNASKED = 'A change of the protocol that the client has not asked for is answered 502, and not passed on.';
const RANGES =
  'It has 200,000 ranges, and waits five seconds for the server to read them: a busy machine takes longer.';

export const REASONS: Readonly<Record<string, string>> = {
  'fastcgi_merge_params.t': CACHE,
  'fastcgi_merge_params2.t': CACHE,
  'geo_binary.t': RANGES,
  'http_expect_100_continue.t':
    'A client that has announced a body of no bytes is not told to send it: it gets the answer.',
  'limit_rate.t':
    'The line of a request is in the log when the turn of the event loop is over that has closed its connection; the file reads the log at once.',
  'not_modified_proxy.t': CACHE,
  'proxy_force_ranges.t': CACHE,
  'proxy_merge_headers.t': CACHE,
  'proxy_unfinished.t': CACHE,
  'proxy_upgrade.t': UNASKED,
  'range_charset.t': CACHE,
  'scgi_merge_params.t': CACHE,
  'ssl_proxy_upgrade.t': UNASKED,
  'stream_geo_binary.t': RANGES,
  'sub_filter_slice.t': 'There is no slice: what a server has is asked for as a whole.',
  'stream_limit_conn_dry_run.t': 'Its tests ask by HTTP/0.9, which is not spoken.',
};
