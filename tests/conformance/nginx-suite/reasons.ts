/** Files that nginx 1.22.1 passes and Portico does not, with the reason: each is one test of a file or a few, and the others pass. */

const CACHE = 'Portico keeps no cache of what servers have answered, and the tests that fail look into one.';
const FILES_OF_BODIES = 'client_body_in_file_only is not known: bodies go into files when they are long.';

export const REASONS: Readonly<Record<string, string>> = {
  'body.t': FILES_OF_BODIES,
  'body_chunked.t': FILES_OF_BODIES,
  'fastcgi_merge_params.t': CACHE,
  'fastcgi_merge_params2.t': CACHE,
  'not_modified_proxy.t': CACHE,
  'proxy_force_ranges.t':
    'A response keeps its length in a location with add_trailer, unless the client has said that it takes trailers.',
  'proxy_unfinished.t': CACHE,
  'sub_filter_slice.t': CACHE,
};
