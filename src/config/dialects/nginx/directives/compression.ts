/** Compression of responses: gzip as nginx has it, brotli and zstd as the well-known modules do, and gunzip. */

import type { Compression, CompressionClients, Compressions, Precompressed } from '../../../model/bodies.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { Row } from '../row.ts';
import { accepted, later, repeatable, row } from '../row.ts';
import { HTTP, HTTP_IF } from './contexts.ts';
import { appendEach, keep } from './keep.ts';
import { typesOf, typesRow } from './media-types.ts';

type Coding = Compression['coding'];

/** What each coding has of its own. */
interface CodingKeys {
  readonly isOn: DraftKey<boolean>;
  readonly level: DraftKey<number>;
  readonly bytesMin: DraftKey<number>;
  readonly types: DraftKey<readonly string[]>;
  readonly window: DraftKey<number>;
}

function keysOf(name: string): CodingKeys {
  return {
    isOn: draftKey<boolean>(name),
    level: draftKey<number>(`${name}_comp_level`),
    bytesMin: draftKey<number>(`${name}_min_length`),
    types: draftKey<readonly string[]>(`${name}_types`),
    window: draftKey<number>(`${name}_window`),
  };
}

/** In the order in which they are tried, where a client likes them as much. */
const KEYS: Readonly<Record<Coding, CodingKeys>> = { br: keysOf('brotli'), zstd: keysOf('zstd'), gzip: keysOf('gzip') };
const USUAL_LEVELS: Readonly<Record<Coding, number>> = { br: 6, zstd: 1, gzip: 1 };
const USUAL_BYTES_MIN = 20;

const varies = draftKey<boolean>('gzip_vary');
const version = draftKey<CompressionClients['versionMin']>('gzip_http_version');
const proxied = draftKey<readonly string[]>('gzip_proxied');
const disabledFor = draftKey<readonly string[]>('gzip_disable');
const gunzip = draftKey<boolean>('gunzip');

const PROXIED = 'off|expired|no-cache|no-store|private|no_last_modified|no_etag|auth|any...';

export const COMPRESSION: readonly Row[] = [
  row('gzip', HTTP_IF, 'flag', 'Whether responses are compressed.', {
    apply: keep(KEYS.gzip.isOn, (args) => args.flag(0)),
  }),
  row('gzip_comp_level', HTTP, 'number(1-9)', 'How hard gzip tries.', {
    apply: keep(KEYS.gzip.level, (args) => args.number(0)),
  }),
  row('gzip_min_length', HTTP, 'size', 'From which length on responses are compressed.', {
    apply: keep(KEYS.gzip.bytesMin, (args) => args.number(0)),
  }),
  typesRow('gzip_types', KEYS.gzip.types, 'Media types that are compressed, beside text/html.'),
  row('gzip_vary', HTTP, 'flag', 'Whether compressed responses have `Vary: Accept-Encoding`.', {
    apply: keep(varies, (args) => args.flag(0)),
  }),
  row('gzip_http_version', HTTP, '1.0|1.1', 'From which version of HTTP on responses are compressed.', {
    apply: keep(version, (args) => (args.text(0) === '1.0' ? '1.0' : '1.1')),
  }),
  ...repeatable([
    row('gzip_proxied', HTTP, PROXIED, 'Which responses are compressed that go through a proxy.', {
      apply: (args, draft) =>
        appendEach(
          draft,
          proxied,
          args.texts().map((word) => word.toLowerCase()),
        ),
    }),
    row('gzip_disable', HTTP, 'regex...', 'Browsers for which nothing is compressed.', {
      apply: (args, draft) => appendEach(draft, disabledFor, args.texts()),
    }),
  ]),
  row('gunzip', HTTP, 'flag', 'Whether responses are decompressed for clients that do not know gzip.', {
    apply: keep(gunzip, (args) => args.flag(0)),
  }),
  row('brotli', HTTP_IF, 'flag', 'Whether responses are compressed with brotli (ngx_brotli).', {
    apply: keep(KEYS.br.isOn, (args) => args.flag(0)),
  }),
  row('brotli_comp_level', HTTP, 'number(0-11)', 'How hard brotli tries.', {
    apply: keep(KEYS.br.level, (args) => args.number(0)),
  }),
  row('brotli_window', HTTP, 'size', 'How far brotli looks back.', {
    apply: keep(KEYS.br.window, (args) => Math.round(Math.log2(args.number(0)))),
  }),
  row('brotli_min_length', HTTP, 'size', 'From which length on responses are compressed with brotli.', {
    apply: keep(KEYS.br.bytesMin, (args) => args.number(0)),
  }),
  typesRow('brotli_types', KEYS.br.types, 'Media types that are compressed with brotli, beside text/html.'),
  row('zstd', HTTP_IF, 'flag', 'Whether responses are compressed with zstd (zstd-nginx-module).', {
    apply: keep(KEYS.zstd.isOn, (args) => args.flag(0)),
  }),
  row('zstd_comp_level', HTTP, 'number(1-22)', 'How hard zstd tries.', {
    apply: keep(KEYS.zstd.level, (args) => args.number(0)),
  }),
  row('zstd_min_length', HTTP, 'size', 'From which length on responses are compressed with zstd.', {
    apply: keep(KEYS.zstd.bytesMin, (args) => args.number(0)),
  }),
  typesRow('zstd_types', KEYS.zstd.types, 'Media types that are compressed with zstd, beside text/html.'),
  ...accepted('Compression has the memory that it needs, and no more.', [
    row('gzip_buffers', HTTP, 'count bytes', 'Buffers of what is compressed.'),
    row('gzip_window', HTTP, 'size', 'How far gzip looks back.'),
    row('gzip_hash', HTTP, 'size', 'Memory for what gzip has seen.'),
    row('postpone_gzipping', HTTP, 'size', 'How much is gathered before it is compressed.'),
    row('gzip_no_buffer', HTTP, 'flag', 'Whether compressed pieces are sent at once.'),
    row('gunzip_buffers', HTTP, 'count bytes', 'Buffers of what is decompressed.'),
    row('brotli_buffers', HTTP, 'count bytes', 'Buffers of what brotli has compressed.'),
    row('zstd_buffers', HTTP, 'count bytes', 'Buffers of what zstd has compressed.'),
  ]),
  ...later('zstd compresses without a dictionary.', [row('zstd_dict_file', 'http', 'path', 'A dictionary of zstd.')]),
];

/** What is said about the compression of responses, if any is on. The modules for brotli and zstd do not ask who the client is; gzip does. */
export function compressionsOf(draft: Draft, precompressed: Precompressed): Compressions | undefined {
  const on = (Object.keys(KEYS) as Coding[]).filter((coding) => draft.get(KEYS[coding].isOn) === true);
  const decompresses = draft.get(gunzip) ?? false;
  if (on.length === 0 && !decompresses && Object.values(precompressed).every((word) => word === 'off')) {
    return undefined;
  }
  const gzipClients = clientsOf(draft);
  return {
    codings: on.map((coding) => codingOf(draft, coding, coding === 'gzip' ? gzipClients : ANYBODY)),
    varies: draft.get(varies) ?? false,
    gzipClients,
    decompresses,
    precompressed,
  };
}

const ANYBODY: CompressionClients = { versionMin: '1.0', proxied: ['any'], disabledFor: [] };

function clientsOf(draft: Draft): CompressionClients {
  const words = draft.get(proxied) ?? [];
  return {
    versionMin: draft.get(version) ?? '1.1',
    proxied: words.includes('off') ? [] : words,
    disabledFor: draft.get(disabledFor) ?? [],
  };
}

function codingOf(draft: Draft, coding: Coding, clients: CompressionClients): Compression {
  const keys = KEYS[coding];
  return {
    coding,
    level: draft.get(keys.level) ?? USUAL_LEVELS[coding],
    types: typesOf(draft, keys.types),
    bytesMin: draft.get(keys.bytesMin) ?? USUAL_BYTES_MIN,
    clients,
    windowBits: draft.get(keys.window),
    memoryLevel: undefined,
  };
}
