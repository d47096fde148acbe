/** Rows of caches of responses, and of copies of them as files. */

import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { HTTP } from './contexts.ts';
import type { ProxyModule } from './proxy-module.ts';
import { definesCache, keepsFor, usesCache } from './response-caches.ts';

export function storeRows(of: ProxyModule): readonly Row[] {
  return [
    row(`${of}_store`, HTTP, 'text', 'Keeps a copy of each response as a file.'),
    row(`${of}_store_access`, HTTP, 'plain [plain] [plain]', 'Rights of such copies.'),
  ];
}

export function cachingRows(of: ProxyModule, causes: string): readonly Row[] {
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
