/** Where a log goes, as one text: a path, `-`, `stderr`, or nginx's `syslog:server=…,facility=…`. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { ErrorLog, LogTarget } from '../model/logs.ts';
import { parseTemplateText, renderTemplateText } from './template-text.ts';

type Syslog = Extract<LogTarget['sink'], { kind: 'syslog' }>;

const PREFIX = 'syslog:';
const DEFAULTS: Syslog = {
  kind: 'syslog',
  server: '',
  facility: 'local7',
  severity: 'info',
  tag: 'portico',
  hasHost: true,
};

export function parseLogSink(text: string, folder: string): Outcome<LogTarget['sink']> {
  if (!text.startsWith(PREFIX)) {
    const isWhole = text === '-' || text === '' || /^[/$]/.test(text);
    const path = parseTemplateText(isWhole ? text : `${folder}/${text}`);
    return path.ok ? success({ kind: 'file', path: path.value }) : path;
  }
  const said: Record<string, string> = {};
  let hasHost = true;
  for (const part of text.slice(PREFIX.length).split(',')) {
    const [key = '', value] = part.split('=');
    if (part === 'nohostname') {
      hasHost = false;
    } else if (value !== undefined && ['server', 'facility', 'severity', 'tag'].includes(key)) {
      said[key] = value;
    } else {
      return failure(`"${part}" is not a part of a syslog target. Write "syslog:server=HOST,facility=local7,tag=site"`);
    }
  }
  const sink = { ...DEFAULTS, ...said, hasHost };
  return sink.server === '' ? failure('a syslog target needs "server="') : success(sink);
}

export function renderLogSink(sink: LogTarget['sink']): string {
  if (sink.kind === 'file') {
    return renderTemplateText(sink.path);
  }
  const said = (['server', 'facility', 'severity', 'tag'] as const)
    .filter((key) => sink[key] !== DEFAULTS[key])
    .map((key) => `${key}=${sink[key]}`);
  return `${PREFIX}${[...said, ...(sink.hasHost ? [] : ['nohostname'])].join(',')}`;
}

export function parseErrorLogSink(text: string, folder: string): Outcome<ErrorLog['sink']> {
  return text === 'stderr' ? success({ kind: 'stderr' }) : parseLogSink(text, folder);
}

export function renderErrorLogSink(sink: ErrorLog['sink']): string {
  return sink.kind === 'stderr' ? 'stderr' : renderLogSink(sink);
}
