/** `--cache2 name=…,items=…`, and the older `--cache ITEMS`. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { UwsgiCache } from '../model/uwsgi-app.ts';
import type { KeyValues } from './key-values.ts';
import { keyNames, readKeyValues, wholeNumber } from './key-values.ts';

/** uWSGI's own defaults. */
const BLOCK_BYTES = 65_535;
const KEY_BYTES = 2048;
const HASH_SIZE = 65_536;
const KEY_BYTES_MAX = 65_534;
/** Of items and blocks each: what is beyond that is a slip. */
const ITEMS_MAX = 50_000_000;
/** Bytes of all values of a cache: they are shared memory, which is taken as it is filled. */
const BYTES_MAX = 64 * 1024 ** 3;

const NAMES = keyNames(
  'name',
  'items|max_items|maxitems',
  'blocks',
  'blocksize',
  'keysize|key_size',
  'hashsize|hash_size',
  'hash',
  'bitmap',
  'purge_lru|lru',
  'clear_on_full',
  'ignore_full',
  'no_expire',
  'math_initial',
  'lazy_expire|lazy',
  'sweep_on_full',
  'lastmod',
);

const FOREIGN = 'a cache is known to the processes of one server. Use Redis or memcached for several';
const STORE = 'a cache lives in memory. What has to outlive a restart belongs into Redis or a database';
const REFUSED: ReadonlyMap<string, string> = new Map([
  ...['store', 'store_sync', 'storesync', 'store_delete', 'storedelete'].map((key): [string, string] => [key, STORE]),
  ...['node', 'nodes', 'sync', 'udp', 'udp_servers', 'udp_server', 'udpservers', 'udpserver'].map(
    (key): [string, string] => [key, FOREIGN],
  ),
]);

export function readCache(text: string): Outcome<UwsgiCache> {
  // `--cache2 mycache` names nothing but the cache, and so says too little: uWSGI refuses it too.
  const keys = readKeyValues(text, NAMES, REFUSED);
  return keys.ok ? cacheOf(keys.value) : keys;
}

function cacheOf(keys: KeyValues): Outcome<UwsgiCache> {
  const wrong: string[] = [];
  const read = (key: string, fallback: number, [least, most]: readonly [number, number]): number => {
    const text = keys.get(key);
    const number = text === undefined ? fallback : wholeNumber(text, least, most);
    if (number === undefined) {
      wrong.push(`"${key}" is a number from ${least} to ${most}`);
    }
    return number ?? fallback;
  };
  const name = keys.get('name') ?? '';
  const items = read('items', 0, [1, ITEMS_MAX]);
  const blocks = read('blocks', items, [1, ITEMS_MAX]);
  const blockBytes = read('blocksize', BLOCK_BYTES, [1, BYTES_MAX]);
  const cache = {
    name,
    items,
    blocks,
    blockBytes,
    keyBytes: read('keysize', KEY_BYTES, [1, KEY_BYTES_MAX]),
    hashSize: read('hashsize', HASH_SIZE, [1, ITEMS_MAX]),
    mathInitial: read('math_initial', 0, [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]),
    hasBitmap: keys.has('bitmap'),
    purgesLru: keys.has('purge_lru'),
    clearsOnFull: keys.has('clear_on_full'),
    ignoresFull: keys.has('ignore_full'),
    expires: !keys.has('no_expire'),
  };
  if (name === '' || items === 0) {
    wrong.push('a cache needs name=NAME and items=COUNT');
  } else if (blocks < items) {
    wrong.push(`"blocks" is at least "items", ${items}`);
  } else if (blocks * blockBytes > BYTES_MAX) {
    wrong.push(`blocks and blocksize come to ${blocks * blockBytes} bytes, and ${BYTES_MAX} is the most`);
  }
  const [first] = wrong;
  return first === undefined ? success(cache) : failure(first);
}
