/** How responses are compressed where nothing is said about it: by `portico serve`, and in a portico.toml. */

import type { Compressions } from './model/bodies.ts';

/**
 * Types that are text, or are written like it. Pictures, sound, archives and fonts in WOFF are compressed by themselves. Server-sent events are left out: each client
 * would have a context of its own for hours.
 */
export const SERVED_TYPES: readonly string[] = [
  'text/html',
  'text/css',
  'text/plain',
  'text/javascript',
  'text/xml',
  'text/csv',
  'text/markdown',
  'text/calendar',
  'text/vcard',
  'application/javascript',
  'application/x-javascript',
  'application/json',
  'application/ld+json',
  'application/geo+json',
  'application/problem+json',
  'application/vnd.api+json',
  'application/manifest+json',
  'application/xml',
  'application/xhtml+xml',
  'application/rss+xml',
  'application/atom+xml',
  'application/wasm',
  'image/svg+xml',
  'image/x-icon',
  'font/ttf',
  'font/otf',
];

/** What is shorter fits into one packet anyway. */
export const SERVED_BYTES_MIN = 1024;

/** Zstandard takes a third of gzip's time for as many bytes. */
const ZSTD_LEVEL = 3;
/** 20 KB of HTML: 0.26 ms, and 3 % more bytes than level 6, which takes 0.37. */
const GZIP_LEVEL = 4;

/** A request that a proxy has passed on (Via) gets nothing coded: the proxy compresses itself, or is to have what it can look into. */
const CLIENTS = { versionMin: '1.1', proxied: [], disabledFor: [] } as const;

export function serveCompressions(isOn: boolean, types: readonly string[], bytesMin: number): Compressions {
  const shared = { types, bytesMin, clients: CLIENTS, windowBits: undefined, memoryLevel: undefined };
  const codings: Compressions['codings'] = [
    { coding: 'zstd', level: ZSTD_LEVEL, ...shared },
    { coding: 'gzip', level: GZIP_LEVEL, ...shared },
  ];
  return {
    codings: isOn ? codings : [],
    varies: true,
    gzipClients: CLIENTS,
    decompresses: false,
    precompressed: { gzip: 'on', brotli: 'on', zstd: 'on' },
  };
}

export const SERVE_COMPRESSIONS: Compressions = serveCompressions(true, SERVED_TYPES, SERVED_BYTES_MIN);
