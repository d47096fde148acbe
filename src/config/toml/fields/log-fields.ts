/** Logs, as portico.toml has them. */

import type { Outcome } from '../../../kernel/outcome.ts';
import { failure, success } from '../../../kernel/outcome.ts';
import { parseAccessFormat } from '../../access-format/parse-access-format.ts';
import type { ErrorLog, LogFormat, LogTarget } from '../../model/logs.ts';
import type { Template } from '../../model/template.ts';
import type { Kind, TomlValue } from '../kind.ts';
import { describe } from '../kind.ts';
import { parseErrorLogSink, parseLogSink, renderErrorLogSink, renderLogSink } from '../log-sink.ts';
import { noteTemplate } from '../note-names.ts';
import { choice, DURATION, FLAG, integer, SIZE, scalar, TEMPLATE } from '../scalars.ts';
import type { Fields } from '../table.ts';
import { field, list, required, table } from '../table.ts';
import { parseTemplateText, renderTemplateText } from '../template-text.ts';

/** A rule of an access log, with its target in place of the target's number. */
export interface AccessLogEntry extends LogTarget {
  readonly format: LogFormat;
  readonly when: Template | undefined;
}

const ESCAPE = /^escape=(default|json|none) /;

/** A name, Apache's or gunicorn's letters, or nginx's variables, which may have `escape=json ` in front. */
function parseFormat(value: TomlValue): Outcome<LogFormat> {
  if (typeof value !== 'string') {
    return failure(`${describe(value)} is not a format`);
  }
  const [prefix = '', manner = 'default'] = ESCAPE.exec(value) ?? [];
  const text = value.slice(prefix.length);
  if (prefix === '' && !text.includes('$')) {
    return parseAccessFormat(text);
  }
  const template = parseTemplateText(text);
  return template.ok
    ? success({ words: 'nginx', template: template.value, escape: manner as 'default' | 'json' | 'none' })
    : template;
}

function renderFormat(format: LogFormat): string {
  if (format.words === 'nginx') {
    return `${format.escape === 'default' ? '' : `escape=${format.escape} `}${renderTemplateText(format.template)}`;
  }
  return format.text === '' ? format.words : format.text;
}

const SINK: Kind<LogTarget['sink']> = scalar({
  words: 'a path, `-` for standard output, or `syslog:server=…`',
  schema: { type: 'string' },
  parse: (value, folder) =>
    typeof value === 'string' ? parseLogSink(value, folder) : failure(`${describe(value)} is not a path`),
  render: renderLogSink,
  note: (sink, path, reading) => (sink.kind === 'file' ? noteTemplate(sink.path, path, reading) : undefined),
});

const KEPT: Kind<NonNullable<LogTarget['kept']>> = table<NonNullable<LogTarget['kept']>>({
  filesMax: field<number>('files', integer(1, 1024), 100, 'So many at most: those that were written to last.'),
  idleMs: field<number>('idle', DURATION, 10_000, 'A file that is not written to for so long is closed.'),
  checkMs: field<number>('check', DURATION, 60_000, 'How often is looked whether a file has been moved away.'),
  usesMin: field<number>('uses', integer(1), 1, 'A file that is written to less often meanwhile is not kept open.'),
});

/** `usual`: what a line looks like where nothing is said. */
export function accessLogEntry(usual: LogFormat, words: string): Kind<AccessLogEntry> {
  return table<AccessLogEntry>(
    {
      sink: required<LogTarget['sink']>('to', SINK, { kind: 'file', path: '' }, 'Where the lines go.'),
      format: field<LogFormat>(
        'format',
        scalar<LogFormat>({
          words,
          schema: { type: 'string' },
          parse: parseFormat,
          render: renderFormat,
          note: (format, path, reading) =>
            format.words === 'nginx' ? noteTemplate(format.template, path, reading) : undefined,
        }),
        usual,
        'What a line looks like.',
      ),
      when: field<Template | undefined>(
        'if',
        TEMPLATE,
        undefined,
        'Nothing is written where this comes out empty or `0`.',
      ),
      bufferBytes: field<number>('buffer', SIZE, 0, 'Lines are written when there are so many bytes of them.'),
      flushMs: field<number>('flush', DURATION, 0, 'Or when one has waited for so long.'),
      gzipLevel: field<number>('gzip', integer(0, 9), 0, 'Compress the file; 0: do not.'),
      kept: field<LogTarget['kept']>(
        'keep-open',
        KEPT,
        undefined,
        'Files whose path is made of the request stay open; otherwise each is opened for its lines.',
      ),
    },
    { short: { name: 'to', isShort: (value) => typeof value === 'string' } },
  );
}

const ENTRY = accessLogEntry({ words: 'combined', text: '' }, '`combined`, `json`, or a format');

export const ERROR_LOG: Kind<ErrorLog> = table<ErrorLog>(
  {
    sink: required<ErrorLog['sink']>(
      'to',
      scalar<ErrorLog['sink']>({
        words: 'a path, `stderr`, or `syslog:server=…`',
        schema: { type: 'string' },
        parse: (value, folder) =>
          typeof value === 'string' ? parseErrorLogSink(value, folder) : failure(`${describe(value)} is not a path`),
        render: renderErrorLogSink,
      }),
      { kind: 'stderr' },
      'Where the lines go.',
    ),
    level: field<ErrorLog['level']>(
      'level',
      choice('debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'),
      'error',
      'The least that is logged.',
    ),
  },
  { short: { name: 'to', isShort: (value) => typeof value === 'string' } },
);

interface LogScope {
  readonly accessLogs: readonly AccessLogEntry[];
  readonly errorLogs: readonly ErrorLog[];
  readonly logsSubrequests?: boolean;
  readonly logsRewrites?: boolean;
}

export const LOG_FIELDS: Fields<LogScope> = {
  accessLogs: field<readonly AccessLogEntry[]>('access-log', list(ENTRY), [], 'A line for each request.'),
  errorLogs: field<readonly ErrorLog[]>(
    'error-log',
    list(ERROR_LOG),
    [],
    'Where faults of this place are logged. Where requests are passed on and nothing is said, errors are in the log of the server, at most one a second; `/dev/null` keeps them out of it.',
  ),
  logsSubrequests: field<boolean | undefined>(
    'log-subrequests',
    FLAG,
    undefined,
    'Subrequests have lines of their own.',
  ),
  logsRewrites: field<boolean | undefined>(
    'log-rewrites',
    FLAG,
    undefined,
    'What rewrites do is in the error logs of this place, at the level `notice`.',
  ),
};
