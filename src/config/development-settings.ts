/** The settings of development: rows of the table in settings.ts. */

import type { ServeOptions } from './serve-options.ts';
import type { Setting } from './setting.ts';
import { always, each, last } from './setting.ts';
import { parseSwitch, parseText } from './setting-values.ts';

type DevelopmentSetting =
  | 'reloadOnChange'
  | 'reloadFolders'
  | 'reloadIncludes'
  | 'reloadExcludes'
  | 'checkOnly'
  | 'showConfig';

export const DEVELOPMENT_SETTINGS: { readonly [K in DevelopmentSetting]: Setting<ServeOptions[K]> } = {
  reloadOnChange: {
    flag: 'reload',
    group: 'Development',
    doc: 'Load the application again when its files change, and show tracebacks in the browser. Not for production.',
    fallbackText: 'off',
    fallback: always(false),
    parse: last(parseSwitch),
  },
  reloadFolders: {
    flag: 'reload-dir',
    value: 'FOLDER',
    isRepeatable: true,
    separator: /\s+/,
    group: 'Development',
    doc: 'Watch the files in FOLDER and below, with --reload. May be repeated.',
    fallbackText: 'the folder of --chdir, and that of APP if it is a path',
    fallback: always([]),
    parse: each(parseText),
  },
  reloadIncludes: {
    flag: 'reload-include',
    value: 'GLOB',
    isRepeatable: true,
    separator: /\s+/,
    group: 'Development',
    doc: "Watch files of this name too ('*.css', 'data/**/*.json'), or all of a folder. May be repeated.",
    fallbackText: 'Python files, templates, translations, .toml and .env',
    fallback: always([]),
    parse: each(parseText),
  },
  reloadExcludes: {
    flag: 'reload-exclude',
    value: 'GLOB',
    isRepeatable: true,
    separator: /\s+/,
    group: 'Development',
    doc: "Do not watch files or folders of this name ('*_pb2.py', 'build'); it wins over --reload-include. May be repeated.",
    fallbackText: 'environments, node_modules, __pycache__, media, staticfiles and what is hidden',
    fallback: always([]),
    parse: each(parseText),
  },
  checkOnly: {
    flag: 'check',
    group: 'Development',
    doc: 'Read the settings, load the application, say what was found, and end.',
    fallbackText: 'off',
    fallback: always(false),
    parse: last(parseSwitch),
  },
  showConfig: {
    flag: 'show-config',
    group: 'Development',
    doc: 'Write the portico.toml that this start amounts to, for "portico run", and end.',
    fallbackText: 'off',
    fallback: always(false),
    parse: last(parseSwitch),
  },
};
