/** What is done to bodies, as portico.toml has it. */

import { failure, success } from '../../../kernel/outcome.ts';
import type {
  Additions,
  BodyFiles,
  Charset,
  Compression,
  CompressionClients,
  Compressions,
  Precompressed,
  RequestBodies,
  Sending,
  ServerSideIncludes,
  Substitutions,
} from '../../model/bodies.ts';
import type { Scope } from '../../model/scope.ts';
import type { Template } from '../../model/template.ts';
import { SERVE_COMPRESSIONS } from '../../serve-compressions.ts';
import type { Kind } from '../kind.ts';
import { describe } from '../kind.ts';
import { choice, DURATION, FLAG, integer, SIZE, scalar, TEMPLATE, TEXT } from '../scalars.ts';
import type { Field, Fields } from '../table.ts';
import { field, list, required, table } from '../table.ts';

function types(fallback: readonly string[] = ['text/html']): Field<readonly string[]> {
  return field<readonly string[]>('types', list(TEXT), fallback, 'Media types for which this is done; `*`: all.');
}

const CLIENTS: Fields<CompressionClients> = {
  versionMin: field<CompressionClients['versionMin']>(
    'http-version',
    choice('1.0', '1.1'),
    '1.1',
    'Clients of this version and later.',
  ),
  proxied: field<readonly string[]>(
    'proxied',
    list(TEXT),
    [],
    "Which answers, where the request came through a proxy (`Via`): `any`, or nginx's other words; empty: none.",
  ),
  disabledFor: field<readonly string[]>('disable', list(TEXT), [], 'Regexes of user agents that get none.'),
};
const ANY_CLIENTS: CompressionClients = { versionMin: '1.1', proxied: [], disabledFor: [] };

const COMPRESSION: Fields<Compression> = {
  coding: required<Compression['coding']>('coding', choice('gzip', 'br', 'zstd'), 'gzip', 'The content coding.'),
  level: field<number>(
    'level',
    integer(-7, 22),
    1,
    'How hard it is tried: 1 to 9 (gzip), 0 to 11 (br), -7 to 22 (zstd).',
  ),
  types: types(),
  bytesMin: field<number>('min-length', SIZE, 20, 'Shorter bodies are left alone.'),
  clients: field<CompressionClients>('clients', table(CLIENTS), ANY_CLIENTS, 'Who gets it, of those that accept it.'),
  windowBits: field<number | undefined>(
    'window-bits',
    integer(8, 24),
    undefined,
    'Memory of the coding, as a power of two.',
  ),
  memoryLevel: field<number | undefined>('memory-level', integer(1, 9), undefined, "zlib's memLevel."),
};

const PRECOMPRESSED_WORDS = choice('off', 'on', 'always');
const PRECOMPRESSED: Fields<Precompressed> = {
  gzip: field<Precompressed['gzip']>(
    'gzip',
    PRECOMPRESSED_WORDS,
    'off',
    '`FILE.gz` is sent to who accepts it, or to all.',
  ),
  brotli: field<Precompressed['brotli']>('brotli', PRECOMPRESSED_WORDS, 'off', 'The same for `FILE.br`.'),
  zstd: field<Precompressed['zstd']>('zstd', PRECOMPRESSED_WORDS, 'off', 'The same for `FILE.zst`.'),
};

const COMPRESSIONS: Fields<Compressions> = {
  codings: field<readonly Compression[]>(
    'codings',
    list(
      table(COMPRESSION, { short: { name: 'coding', isShort: (value) => typeof value === 'string' } }),
      'a list of `gzip`, `br`, `zstd`, or of tables',
    ),
    [],
    'The first that the client accepts is used.',
  ),
  varies: field<boolean>('vary', FLAG, true, 'Add `Vary: Accept-Encoding`.'),
  gzipClients: field<CompressionClients>(
    'gzip-clients',
    table(CLIENTS),
    ANY_CLIENTS,
    'Who gets gzip of the content, and compressed files, where they are on.',
  ),
  decompresses: field<boolean>('gunzip', FLAG, false, 'Undo gzip for clients that do not accept it.'),
  precompressed: field<Precompressed>(
    'static',
    table(PRECOMPRESSED),
    { gzip: 'off', brotli: 'off', zstd: 'off' },
    'Compressed files beside the files.',
  ),
};

const SUBSTITUTIONS: Fields<Substitutions> = {
  pairs: required<Substitutions['pairs']>(
    'pairs',
    list(
      table<Substitutions['pairs'][number]>({
        from: required<Template>('from', TEMPLATE, '', 'What is replaced, whatever the case of its letters.'),
        to: field<Template>('to', TEMPLATE, '', 'By what.'),
      }),
    ),
    [],
    'What is replaced by what.',
  ),
  isOnce: field<boolean>('once', FLAG, true, 'Each only once in a response.'),
  keepsLastModified: field<boolean>('last-modified', FLAG, false, 'Keep `Last-Modified`.'),
  types: types(),
};

const ADDITIONS: Fields<Additions> = {
  before: field<Template | undefined>('before', TEMPLATE, undefined, 'A location whose answer stands before the body.'),
  after: field<Template | undefined>('after', TEMPLATE, undefined, 'A location whose answer stands behind it.'),
  types: types(),
};

const INCLUDES: Fields<ServerSideIncludes> = {
  types: types(),
  isSilent: field<boolean>('silent-errors', FLAG, false, 'Say nothing where a command fails.'),
  keepsLastModified: field<boolean>('last-modified', FLAG, false, 'Keep `Last-Modified`.'),
  valueLengthMax: field<number>('value-length', SIZE, 256, 'The longest value of a parameter.'),
};

const CHARSET: Fields<Charset> = {
  charset: required<Template>(
    'charset',
    TEMPLATE,
    '',
    'The charset of responses, which `Content-Type` gets; empty: none.',
  ),
  source: field<Template>('source', TEMPLATE, '', 'What content is in that says nothing.'),
  overridesContent: field<boolean>(
    'override',
    FLAG,
    false,
    'Convert also what the application has named a charset for.',
  ),
  types: types(['text/html', 'text/xml', 'text/plain', 'application/javascript', 'application/rss+xml']),
};

const BODY_FILES: Fields<BodyFiles> = {
  areKept: field<boolean>('keep', FLAG, false, 'Leave the files to whoever was told of them.'),
  folder: field<string | undefined>('folder', TEXT, undefined, 'Where they are; otherwise beside other long bodies.'),
  levels: field<readonly number[] | undefined>(
    'levels',
    list(integer(1)),
    undefined,
    'How many digits of its name each folder has that a file is in.',
  ),
};

const REQUEST_BODIES: Fields<RequestBodies> = {
  bytesMax: field<number>('max-size', SIZE, 2 ** 30, 'The largest body; 0: any.'),
  timeoutMs: field<number | undefined>('timeout', DURATION, undefined, 'How long nothing may come of it.'),
  memoryBytesMax: field<number | undefined>(
    'memory',
    SIZE,
    undefined,
    'A longer one for a server behind is kept in a file.',
  ),
  files: field<BodyFiles | undefined>(
    'files',
    table(BODY_FILES),
    undefined,
    'Each one for a server behind is a file, whose name `$request_body_file` is.',
  ),
};

const RATE: Kind<Template> = scalar<Template>({
  words: 'a size, or a text with variables',
  schema: { type: ['string', 'integer'] },
  parse: (value) => {
    if (typeof value === 'string' && value.includes('$')) {
      return success([{ variable: value.slice(1) }]);
    }
    return typeof value === 'string' || typeof value === 'number'
      ? success(String(value))
      : failure(`${describe(value)} is not a size`);
  },
  render: (rate) => (typeof rate === 'string' ? rate : (TEMPLATE.write(rate, undefined) ?? '')),
});

const SENDING: Fields<Sending> = {
  rate: field<Template | undefined>('rate', RATE, undefined, 'Bytes a second of one response.'),
  rateAfter: field<Template | undefined>('rate-after', RATE, undefined, 'So many bytes are sent before.'),
  timeoutMs: field<number | undefined>('timeout', DURATION, undefined, 'How long a client may take nothing.'),
};

type BodyScope = Pick<
  Scope,
  | 'compressions'
  | 'substitutions'
  | 'additions'
  | 'includes'
  | 'charset'
  | 'requestBodies'
  | 'sending'
  | 'mirrors'
  | 'postAction'
>;

const isList = (value: unknown): boolean => Array.isArray(value);

export const BODY_FIELDS: Fields<BodyScope> = {
  compressions: {
    ...field<Scope['compressions']>(
      'compress',
      table(COMPRESSIONS, { short: { name: 'codings', isShort: isList } }),
      SERVE_COMPRESSIONS,
      'Compression of responses, as `portico serve` has it unless something is said; `false`: none.',
    ),
    canBeOff: true,
  },
  charset: field<Scope['charset']>(
    'charset',
    table(CHARSET, { short: { name: 'charset', isShort: (value) => typeof value === 'string' } }),
    undefined,
    'The charset of responses.',
  ),
  substitutions: field<Scope['substitutions']>(
    'substitute',
    table(SUBSTITUTIONS),
    undefined,
    'Replace text in responses.',
  ),
  additions: field<Scope['additions']>(
    'add-text',
    table(ADDITIONS),
    undefined,
    'Answers of other locations around the body.',
  ),
  includes: field<Scope['includes']>('ssi', table(INCLUDES), undefined, 'Server side includes.'),
  requestBodies: field<RequestBodies>('body', table(REQUEST_BODIES), { bytesMax: 2 ** 30 }, 'Bodies of requests.'),
  sending: field<Sending>('send', table(SENDING), {}, 'How responses leave.'),
  mirrors: field<Scope['mirrors']>(
    'mirror',
    table<NonNullable<Scope['mirrors']>>({
      uris: required<readonly Template[]>('to', list(TEMPLATE), [], 'Locations that get a copy of each request.'),
      hasBody: field<boolean>('body', FLAG, true, 'With its body.'),
    }),
    undefined,
    'Copies of requests, whose answers are thrown away.',
  ),
  postAction: field<Scope['postAction']>(
    'post-action',
    TEMPLATE,
    undefined,
    'A location that is asked when the response has ended.',
  ),
};
