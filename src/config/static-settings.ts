/** The settings of files that the edge sends: rows of the table in settings.ts. */

import type { Outcome } from '../kernel/outcome.ts';
import type { ServeOptions } from './serve-options.ts';
import type { Setting } from './setting.ts';
import { always, each, last } from './setting.ts';
import { parseSwitch, parseText, parseUrlFolder } from './setting-values.ts';

type StaticSetting = 'staticFolders' | 'appStatic' | 'accelFolders' | 'sendfileFolders';

export const STATIC_SETTINGS: { readonly [K in StaticSetting]: Setting<ServeOptions[K]> } = {
  staticFolders: {
    flag: 'static',
    value: 'URL=FOLDER',
    isRepeatable: true,
    separator: /\s+/,
    group: 'Static files',
    doc: 'Give the files in FOLDER to anyone who asks for a URL that begins with URL, without asking the application. May be repeated.',
    fallbackText: 'the static folders on which Django, Flask or Starlette decide nothing',
    fallback: always([]),
    parse: each(parseUrlFolder),
  },
  appStatic: {
    flag: 'no-static',
    group: 'Static files',
    doc: 'Ask the application also for the files of the static folders that it names.',
    fallbackText: 'off',
    fallback: always(true),
    parse: last(inverted(parseSwitch)),
  },
  accelFolders: {
    flag: 'x-accel',
    value: 'URL=FOLDER',
    isRepeatable: true,
    separator: /\s+/,
    group: 'Static files',
    doc: 'Send a file in FOLDER where the application answers with X-Accel-Redirect and a path that begins with URL. May be repeated.',
    fallbackText: 'what django-sendfile2 is set to',
    fallback: always([]),
    parse: each(parseUrlFolder),
  },
  sendfileFolders: {
    flag: 'x-sendfile',
    value: 'FOLDER',
    isRepeatable: true,
    separator: /\s+/,
    group: 'Static files',
    doc: 'Send a file in FOLDER where the application answers with X-Sendfile and its path. May be repeated.',
    fallbackText: 'what django-sendfile2 is set to',
    fallback: always([]),
    parse: each(parseText),
  },
};

function inverted(parse: (text: string) => Outcome<boolean>): (text: string) => Outcome<boolean> {
  return (text) => {
    const parsed = parse(text);
    return parsed.ok ? { ok: true, value: !parsed.value } : parsed;
  };
}
