/** Settings of the logs. */

import { success } from '../kernel/outcome.ts';
import { parseAccessFormat } from './access-format/parse-access-format.ts';
import type { ServeOptions } from './serve-options.ts';
import type { Setting } from './setting.ts';
import { always, last } from './setting.ts';
import { parseChoice, parseText } from './setting-values.ts';

type Key = 'logLevel' | 'logFile' | 'logFormat' | 'accessLog' | 'accessLogFormat';

export const LOG_SETTINGS: { readonly [K in Key]: Setting<ServeOptions[K]> } = {
  logLevel: {
    flag: 'log-level',
    value: 'LEVEL',
    group: 'Logs',
    doc: 'The least that is logged: debug, info, warning or error. What the application prints is always logged.',
    fallbackText: 'info',
    fallback: always('info'),
    parse: last(parseChoice('debug', 'info', 'warning', 'error')),
  },
  logFile: {
    flag: 'log-file',
    value: 'FILE',
    group: 'Logs',
    doc: 'Write the log to this file, opened again on USR1; - is standard error.',
    fallbackText: 'standard error',
    fallback: always(''),
    parse: last((text) => (text === '-' ? success('') : parseText(text))),
  },
  logFormat: {
    flag: 'log-format',
    value: 'FORMAT',
    group: 'Logs',
    doc: 'What the log looks like: text, or json for programs that collect logs, an object for each event on a line of its own.',
    fallbackText: 'text',
    fallback: always('text'),
    parse: last(parseChoice('text', 'json')),
  },
  accessLog: {
    flag: 'access-log',
    value: 'FILE',
    group: 'Logs',
    doc: 'Write a line for each request to this file, opened again on USR1; - is standard output.',
    fallbackText: 'off',
    fallback: always(''),
    parse: last(parseText),
  },
  accessLogFormat: {
    flag: 'access-log-format',
    value: 'FORMAT',
    group: 'Logs',
    doc: "What a line of it looks like: combined (as Apache and nginx), common, vcombined, json, or a format of your own in Apache's or gunicorn's letters.",
    fallbackText: 'combined',
    fallback: always({ words: 'combined', text: '' }),
    parse: last(parseAccessFormat),
  },
};
