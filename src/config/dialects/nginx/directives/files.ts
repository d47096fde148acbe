/** Files: where they are, how a folder is answered, what is said of a file. */

import type { Precompressed } from '../../../model/bodies.ts';
import type { Autoindex, Files, Symlinks, TryFiles, TypeMap } from '../../../model/files.ts';
import type { Template } from '../../../model/template.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Apply, Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import type { Word } from '../token.ts';
import { HTTP, HTTP_IF } from './contexts.ts';
import { readOpenFileCache, readSymlinks } from './files-parameters.ts';
import { LOCATION_MATCH } from './locations.ts';
import { withoutRegistered } from './registered-types.ts';

/** The root of a configuration that names none, below nginx's prefix. */
const DEFAULT_ROOT = 'html';
const DEFAULT_INDEX = 'index.html';
const DEFAULT_TYPE = 'text/plain';
const DEFAULT_TYPES: Readonly<Record<string, string>> = { html: 'text/html', gif: 'image/gif', jpg: 'image/jpeg' };
/** nginx's, of what is remembered of files. */
const DEFAULT_VALID_SECONDS = 60;

type Switch = Precompressed['gzip'];
type Compressed = keyof Precompressed;

interface Root {
  readonly kind: Files['kind'];
  readonly path: Template;
}

const ROOT = draftKey<Root>('root');
const INDEX = draftKey<readonly Template[]>('index');
const TYPES = draftKey<ReadonlyMap<string, string>>('types');
const DEFAULT = draftKey<Template>('default_type');
const AUTOINDEX = draftKey<boolean>('autoindex');
const FORMAT = draftKey<Autoindex['format']>('autoindex_format');
const EXACT_SIZE = draftKey<boolean>('autoindex_exact_size');
const LOCAL_TIME = draftKey<boolean>('autoindex_localtime');
const RANDOM = draftKey<boolean>('random_index');
const ETAG = draftKey<boolean>('etag');
const MODIFIED = draftKey<Files['ifModifiedSince']>('if_modified_since');
const RANGES = draftKey<number>('max_ranges');
const SYMLINKS = draftKey<Symlinks>('disable_symlinks');
const CACHE = draftKey<boolean>('open_file_cache');
const CACHE_SECONDS = draftKey<number>('open_file_cache_valid');
const LOGS_MISSING = draftKey<boolean>('log_not_found');
export const TRY_FILES: DraftKey<TryFiles> = draftKey('try_files');
const PRECOMPRESSED: Readonly<Record<Compressed, DraftKey<Switch>>> = {
  gzip: draftKey<Switch>('gzip_static'),
  brotli: draftKey<Switch>('brotli_static'),
  zstd: draftKey<Switch>('zstd_static'),
};

const SWITCH = 'off|on|always';

export const FILES: readonly Row[] = [
  row('root', HTTP_IF, 'text', 'The folder of the files.', { apply: applyRoot('root') }),
  row('alias', 'location', 'text', "The folder that stands for the location's path.", { apply: applyRoot('alias') }),
  ...repeatable([
    row('index', HTTP, 'text...', 'Files that stand for a folder.', { apply: applyIndex }),
    row('types', HTTP, '{entries}', 'Media types by the endings of file names.', { apply: applyTypes }),
  ]),
  row('default_type', HTTP, 'plain', 'The media type of files of which nothing else is known.', {
    apply: (args, draft) => draft.set(DEFAULT, args.text(0)),
  }),
  row(
    'try_files',
    'server location',
    'text text...',
    'Takes the first path for which there is a file, or else the last.',
    {
      apply: applyTryFiles,
    },
  ),
  flag('autoindex', HTTP, AUTOINDEX, 'Whether folders without an index are listed.'),
  row('autoindex_format', HTTP, 'html|json|jsonp|xml', 'How folders are listed.', { apply: applyWord(FORMAT) }),
  flag('autoindex_localtime', HTTP, LOCAL_TIME, "Whether lists have times in the server's time zone."),
  flag('autoindex_exact_size', HTTP, EXACT_SIZE, 'Whether lists have sizes to the byte.'),
  flag('random_index', 'location', RANDOM, 'A file of the folder is chosen by chance.'),
  flag('etag', HTTP, ETAG, 'Whether files have an ETag.'),
  row('if_modified_since', HTTP, 'off|exact|before', 'How If-Modified-Since is compared.', {
    apply: applyWord(MODIFIED),
  }),
  row('max_ranges', HTTP, 'number', 'How many ranges of a file one request may ask for.', {
    apply: (args, draft) => draft.set(RANGES, args.number(0)),
  }),
  row('disable_symlinks', HTTP, 'parameter [text]', 'Whether symbolic links are followed.', {
    apply: (args, draft, report) => setIfRead(draft, SYMLINKS, readSymlinks(args, report)),
  }),
  row('open_file_cache', HTTP, 'parameter [parameter]', 'How many files are remembered.', {
    apply: (args, draft, report) => setIfRead(draft, CACHE, readOpenFileCache(args, report)),
  }),
  row('open_file_cache_valid', HTTP, 'sec', 'How long what is remembered of a file holds.', {
    apply: (args, draft) => draft.set(CACHE_SECONDS, args.number(0)),
  }),
  flag('log_not_found', HTTP, LOGS_MISSING, 'Whether files that are missing are logged.'),
  row('gzip_static', HTTP, SWITCH, 'Whether a file with `.gz` behind its name is served in its place.', {
    apply: applyWord(PRECOMPRESSED.gzip),
  }),
  row('brotli_static', HTTP, SWITCH, 'Whether a file with `.br` behind its name is served in its place.', {
    apply: applyWord(PRECOMPRESSED.brotli),
  }),
  row('zstd_static', HTTP, SWITCH, 'Whether a file with `.zst` behind its name is served in its place.', {
    apply: applyWord(PRECOMPRESSED.zstd),
  }),
];

/** What a block says of files makes another `Files` of it than that of the block around it. */
export const FILES_KEYS: readonly DraftKey<unknown>[] = [
  ...[ROOT, INDEX, AUTOINDEX, FORMAT, EXACT_SIZE, LOCAL_TIME, RANDOM, ETAG, MODIFIED, RANGES],
  ...[SYMLINKS, CACHE, CACHE_SECONDS, LOGS_MISSING],
];
export const TYPES_KEYS: readonly DraftKey<unknown>[] = [TYPES, DEFAULT];
export const PRECOMPRESSED_KEYS: readonly DraftKey<unknown>[] = Object.values(PRECOMPRESSED);

/** `prefix`: where relative paths begin; ends with a slash. */
export function filesOf(draft: Draft, prefix: string): Files {
  const root = draft.get(ROOT) ?? { kind: 'root', path: DEFAULT_ROOT };
  const isCached = draft.get(CACHE);
  const validSeconds = draft.get(CACHE_SECONDS) ?? DEFAULT_VALID_SECONDS;
  return {
    kind: root.kind,
    path: absolute(root.path, prefix),
    index: draft.get(INDEX) ?? [DEFAULT_INDEX],
    autoindex: draft.get(AUTOINDEX) === true ? autoindexOf(draft) : undefined,
    isIndexRandom: draft.get(RANDOM) ?? false,
    servesHidden: true,
    symlinks: draft.get(SYMLINKS) ?? { kind: 'anywhere' },
    hasEtag: draft.get(ETAG) ?? true,
    ifModifiedSince: draft.get(MODIFIED) ?? 'exact',
    rangesMax: draft.get(RANGES),
    cacheMs: isCached === undefined ? undefined : isCached ? validSeconds * 1000 : 0,
    logsMissing: draft.get(LOGS_MISSING) ?? true,
  };
}

/** Not inherited: the server's is for requests without a location, and an `if` and a `limit_except` have none. */
export function tryFilesOf(draft: Draft): TryFiles | undefined {
  return draft.own(TRY_FILES);
}

export function typeMapOf(draft: Draft): TypeMap {
  const types = draft.get(TYPES);
  return {
    ...(types === undefined ? { knowsRegistry: false, types: DEFAULT_TYPES } : withoutRegistered(types)),
    charset: '',
    fallback: draft.get(DEFAULT) ?? DEFAULT_TYPE,
  };
}

export function precompressedOf(draft: Draft): Precompressed {
  return {
    gzip: draft.get(PRECOMPRESSED.gzip) ?? 'off',
    brotli: draft.get(PRECOMPRESSED.brotli) ?? 'off',
    zstd: draft.get(PRECOMPRESSED.zstd) ?? 'off',
  };
}

function autoindexOf(draft: Draft): Autoindex {
  return {
    format: draft.get(FORMAT) ?? 'html',
    hasExactSize: draft.get(EXACT_SIZE) ?? true,
    isLocalTime: draft.get(LOCAL_TIME) ?? false,
  };
}

/** A path that begins with a variable is what the variable says. */
function absolute(path: Template, prefix: string): Template {
  if (typeof path === 'string') {
    return path.startsWith('/') ? path : prefix + path;
  }
  const [first, ...rest] = path;
  return typeof first !== 'string' || first.startsWith('/') ? path : [prefix + first, ...rest];
}

function flag(name: string, contexts: string, key: DraftKey<boolean>, doc: string): Row {
  return row(name, contexts, 'flag', doc, { apply: (args, draft) => draft.set(key, args.flag(0)) });
}

/** The words are those of the row's signature. */
function applyWord<T extends string>(key: DraftKey<T>): Apply {
  return (args, draft) => draft.set(key, args.word(0) as T);
}

function setIfRead<T>(draft: Draft, key: DraftKey<T>, value: T | undefined): void {
  if (value !== undefined) {
    draft.set(key, value);
  }
}

function applyRoot(kind: Files['kind']): Apply {
  return (args, draft, report) => {
    const before = draft.own(ROOT);
    if (before !== undefined && before.kind !== kind) {
      const message = `"${kind}" directive is duplicate, "${before.kind}" directive was specified earlier`;
      report('nginx.duplicate', args.directive.place, message, { hint: 'A location has one of the two.' });
      return;
    }
    if (kind === 'alias' && draft.own(LOCATION_MATCH)?.kind === 'named') {
      const message = 'the "alias" directive cannot be used inside the named location';
      report('nginx.not-allowed-here', args.directive.place, message, {
        hint: 'A named location has no path of its own, for which the alias could stand. Use "root".',
      });
      return;
    }
    for (const name of ['document_root', 'realpath_root']) {
      if (args.text(0).includes(`$${name}`) || args.text(0).includes(`\${${name}}`)) {
        const message = `the $${name} variable cannot be used in the "${kind}" directive`;
        report('nginx.invalid-value', args.place(0), message, { hint: 'The variable is made of this very directive.' });
        return;
      }
    }
    warnOfTraversal(kind, args, draft, report);
    draft.set(ROOT, { kind, path: args.template(0) });
  };
}

/** `/i../x` is below `/i`, and what is put behind the alias is `../x`. */
function warnOfTraversal(kind: Files['kind'], args: GivenArguments, draft: Draft, report: NginxReport): void {
  const match = draft.own(LOCATION_MATCH);
  const isOpen = match !== undefined && 'text' in match && match.kind !== 'exact' && !match.text.endsWith('/');
  if (kind === 'alias' && isOpen && args.text(0).endsWith('/')) {
    const message = `the alias of location "${match.text}" ends with a slash and the location does not`;
    report('nginx.suspicious', args.place(0), message, {
      hint: `With nginx, whoever asks for "${match.text}../x" gets "${args.text(0)}../x"; Portico answers 404. End both with a slash, or none.`,
      severity: 'warning',
    });
  }
}

function applyIndex(args: GivenArguments, draft: Draft, report: NginxReport): void {
  for (const [at, text] of args.texts().entries()) {
    if (text === '') {
      report('nginx.invalid-value', args.place(at), 'index "" in "index" directive is invalid');
      continue;
    }
    if (text.startsWith('/') && at < args.count - 1) {
      const message = 'only the last index in "index" directive should be absolute';
      report('nginx.suspicious', args.place(at), message, {
        hint: 'The request is sent there whether there is such a file or not, so those behind it are never looked for.',
        severity: 'warning',
      });
    }
    draft.append(INDEX, args.template(at));
  }
}

function applyTypes(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const types = new Map(draft.own(TYPES));
  for (const [type, ...endings] of args.entries) {
    for (const ending of endings) {
      // No name ends so: one without an ending is of the default type.
      if (ending.text !== '') {
        addType(types, type, ending, report);
      }
    }
  }
  draft.set(TYPES, types);
}

function addType(types: Map<string, string>, type: Word, ending: Word, report: NginxReport): void {
  const lower = ending.text.toLowerCase();
  const before = types.get(lower);
  if (before !== undefined && before !== type.text) {
    const message = `duplicate extension "${lower}", content type: "${type.text}", previous content type: "${before}"`;
    report('nginx.suspicious', ending.place, message, { hint: 'The later one counts.', severity: 'warning' });
  }
  types.set(lower, type.text);
}

function applyTryFiles(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const lastAt = args.count - 1;
  const last = args.text(lastAt);
  const paths = Array.from({ length: lastAt }, (_, at) => args.template(at));
  if (!last.startsWith('=')) {
    draft.set(TRY_FILES, { paths, last: { kind: 'uri', uri: args.template(lastAt) } });
    return;
  }
  const status = /^=\d+$/.test(last) ? Number(last.slice(1)) : Number.NaN;
  // nginx takes any number of three digits, and so many are sent.
  if (!(status <= 999)) {
    report('nginx.invalid-value', args.place(lastAt), `invalid code "${last}"`, {
      hint: 'A status behind the equals sign, such as =404.',
    });
    return;
  }
  draft.set(TRY_FILES, { paths, last: { kind: 'status', status } });
}
