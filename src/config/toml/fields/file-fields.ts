/** Files, as portico.toml has them. */

import { isEqual } from '../../../kernel/is-equal.ts';
import { omit } from '../../../kernel/omit.ts';
import { failure, success } from '../../../kernel/outcome.ts';
import type { Autoindex, Files, Symlinks, TryFiles } from '../../model/files.ts';
import { NO_FILES } from '../../model/files.ts';
import type { Scope } from '../../model/scope.ts';
import type { Template } from '../../model/template.ts';
import type { Kind, TomlValue } from '../kind.ts';
import { describe, FAULTY, isTable } from '../kind.ts';
import { choice, DURATION, FLAG, integer, PATH_TEMPLATE, scalar, TEMPLATE } from '../scalars.ts';
import type { Fields } from '../table.ts';
import { field, list, table } from '../table.ts';
import { parseTemplateText, renderTemplateText } from '../template-text.ts';

const AUTOINDEX: Fields<Autoindex> = {
  format: field<Autoindex['format']>('format', choice('html', 'xml', 'json', 'jsonp'), 'html', 'How it is written.'),
  hasExactSize: field<boolean>('exact-size', FLAG, true, 'Sizes in bytes.'),
  isLocalTime: field<boolean>('local-time', FLAG, false, "Times in the server's zone."),
};

const SYMLINKS: Kind<Symlinks> = scalar<Symlinks>({
  words:
    '`inside`, `anywhere`, `none`, `owner`; the last two also with `from PATH`, the part of paths that is not looked at',
  schema: { type: 'string', pattern: '^(inside|anywhere|(none|owner)( from \\S+)?)$' },
  parse: (value) => {
    if (value === 'anywhere' || value === 'inside') {
      return success({ kind: value });
    }
    const [, kind, from] = typeof value === 'string' ? (/^(none|owner)(?: from (\S+))?$/.exec(value) ?? []) : [];
    if (kind !== 'none' && kind !== 'owner') {
      return failure(`${describe(value)} is not one of "inside", "anywhere", "none", "owner"`);
    }
    const template = parseTemplateText(from ?? '');
    return template.ok ? success({ kind, from: from === undefined ? undefined : template.value }) : template;
  },
  render: (links) =>
    'from' in links && links.from !== undefined ? `${links.kind} from ${renderTemplateText(links.from)}` : links.kind,
});

interface Root {
  readonly root: Template | undefined;
  readonly alias: Template | undefined;
}

/** In the file the kind of a path is the name of its key. */
const FILES_TABLE: Fields<Omit<Files, 'kind' | 'path'> & Root> = {
  root: field<Template | undefined>(
    'root',
    PATH_TEMPLATE,
    undefined,
    'The folder in front of the path of the request.',
  ),
  alias: field<Template | undefined>(
    'alias',
    PATH_TEMPLATE,
    undefined,
    "The folder in place of the location's prefix.",
  ),
  index: field<readonly Template[]>('index', list(TEMPLATE), [], 'Files that stand for their folder.'),
  autoindex: field<Autoindex | undefined>(
    'listing',
    table(AUTOINDEX, { short: { name: 'format', isShort: (value) => typeof value === 'string' } }),
    undefined,
    'List the files of a folder that has no index.',
  ),
  isIndexRandom: field<boolean>('random', FLAG, false, 'Any file of a folder stands for it.'),
  servesHidden: field<boolean>('hidden', FLAG, false, 'Serve names that begin with a dot.'),
  symlinks: field<Symlinks>('symlinks', SYMLINKS, { kind: 'inside' }, 'Where symbolic links may lead.'),
  hasEtag: field<boolean>('etag', FLAG, true, 'Send `ETag`.'),
  ifModifiedSince: field<Files['ifModifiedSince']>(
    'if-modified-since',
    choice('off', 'exact', 'before'),
    'before',
    'How the time that a client names is compared.',
  ),
  rangesMax: field<number | undefined>(
    'max-ranges',
    integer(0),
    undefined,
    'Ranges of one request; 0: none are served.',
  ),
  cacheMs: field<number | undefined>('cache', DURATION, undefined, 'How long what was found out about a file holds.'),
  logsMissing: field<boolean>('log-missing', FLAG, false, 'Log files that are not there.'),
};

const isText = (value: TomlValue): boolean => typeof value === 'string';
const INNER = table(FILES_TABLE, { short: { name: 'root', isShort: isText } });

export const FILES: Kind<Files> = {
  words: 'a folder, or a table',
  schema: INNER.schema,
  parts: INNER.parts ?? [],
  read: (value, path, reading, around) => {
    const said = isText(value) ? ['root'] : Object.keys(isTable(value) ? value : {});
    if (said.includes('root') && said.includes('alias')) {
      reading.report(path, '"root" and "alias" cannot stand side by side');
      return FAULTY;
    }
    const isNew = said.includes('root') || said.includes('alias');
    const read = INNER.read(value, path, reading, around && (isNew ? withoutPath(around) : split(around)));
    if (read === FAULTY) {
      return FAULTY;
    }
    const { root, alias, ...rest } = read;
    return alias === undefined ? { kind: 'root', path: root ?? '', ...rest } : { kind: 'alias', path: alias, ...rest };
  },
  write: (files, around) => {
    const isNew = around?.kind !== files.kind || !isEqual(around.path, files.path);
    return INNER.write(split(files), around && (isNew ? withoutPath(around) : split(around)));
  },
};

type SplitFiles = Omit<Files, 'kind' | 'path'> & Root;

function split({ kind, path, ...rest }: Files): SplitFiles {
  return { ...rest, root: kind === 'root' ? path : undefined, alias: kind === 'alias' ? path : undefined };
}

function withoutPath(files: Files): SplitFiles {
  return { ...omit(files, 'kind', 'path'), root: undefined, alias: undefined };
}

/** The last is what is done when no file is there, as in nginx's try_files. */
const TRY: Kind<TryFiles> = (() => {
  const texts = list(TEMPLATE);
  return {
    words: 'a list of paths, the last of them a location or `=404`',
    schema: { type: 'array', items: { type: 'string' }, minItems: 2 },
    read: (value, path, reading) => {
      const read = texts.read(value, path, reading, undefined);
      if (typeof read === 'symbol') {
        return read;
      }
      const last = read.at(-1);
      if (last === undefined || read.length < 2) {
        reading.report(path, 'at least one file and what is done without it are needed, as in ["$uri", "=404"]');
      }
      const [, status] = typeof last === 'string' ? (/^=(\d{3})$/.exec(last) ?? []) : [];
      return {
        paths: read.slice(0, -1),
        last: status === undefined ? { kind: 'uri', uri: last ?? '' } : { kind: 'status', status: Number(status) },
      };
    },
    write: ({ paths, last }) => [
      ...paths.map(renderTemplateText),
      last.kind === 'status' ? `=${last.status}` : renderTemplateText(last.uri),
    ],
  };
})();

export const FILE_FIELDS: Fields<Pick<Scope, 'files' | 'tryFiles'>> = {
  files: field<Files>('files', FILES, NO_FILES, 'Files.'),
  tryFiles: field<Scope['tryFiles']>('try', TRY, undefined, 'Paths of which the first that is a file is answered.'),
};
