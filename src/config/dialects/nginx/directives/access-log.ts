/** access_log and log_format: what is written of each request, and where. */

import type { AccessLogRule, LogFormat, LogTarget } from '../../../model/logs.ts';
import type { Template } from '../../../model/template.ts';
import { nearestWord } from '../../../nearest.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { readSize } from '../sizes.ts';
import { fullName } from '../surroundings.ts';
import { readMilliseconds, readSeconds } from '../times.ts';
import { parseText } from '../variables-in-text.ts';
import { HTTP, HTTP_IF } from './contexts.ts';
import { keep } from './keep.ts';
import { isSyslog, readSyslog } from './syslog.ts';

type NginxFormat = Extract<LogFormat, { words: 'nginx' }>;
type Kept = NonNullable<LogTarget['kept']>;

interface SaidFormat {
  readonly name: string;
  readonly format: NginxFormat;
}

/** `off`, or a log whose path is still as it was written. */
export type SaidLog =
  | { readonly isOff: true }
  | { readonly isOff: false; readonly target: Omit<LogTarget, 'kept'>; readonly rule: Omit<AccessLogRule, 'target'> };

interface Buffering {
  bufferBytes: number;
  flushMs: number;
  gzipLevel: number;
  when: Template | undefined;
}

const formats: DraftKey<readonly SaidFormat[]> = draftKey('log_format');
export const ACCESS_LOGS: DraftKey<readonly SaidLog[]> = draftKey('access_log');
const kept: DraftKey<Kept | undefined> = draftKey('open_log_file_cache');
const subrequests: DraftKey<boolean> = draftKey('log_subrequest');

const COMBINED: SaidFormat = {
  name: 'combined',
  format: {
    words: 'nginx',
    template: parseText(
      '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"',
    ).template,
    escape: 'default',
  },
};
const GZIP_BUFFER_BYTES = 65_536;
const FASTEST = 1;
const USUAL_IDLE_S = 10;
const USUAL_CHECK_S = 60;

export const ACCESS_LOG: readonly Row[] = [
  ...repeatable([
    row('log_format', 'http', 'plain text...', 'What a line of the access log holds.', { apply: readFormat }),
    row('access_log', `${HTTP_IF} limit_except`, 'text [parameter...]', 'Where requests are logged, and how.', {
      apply: readLog,
    }),
  ]),
  row(
    'open_log_file_cache',
    'http server location stream stream-server',
    'parameter [parameter] [parameter] [parameter]',
    'How many logs with variables in their names stay open.',
    { apply: readKept },
  ),
  row('log_subrequest', HTTP, 'flag', 'Whether subrequests are in the access log.', {
    apply: keep(subrequests, (args) => args.flag(0)),
  }),
];

/** Of `stream`, whose formats are others, and which has none by itself. */
export const STREAM_LOG_ROWS: readonly Row[] = repeatable([
  row('log_format', 'stream', 'plain text...', 'What a line of the access log holds.', { apply: readFormat }),
  row('access_log', 'stream stream-server', 'text [parameter...]', 'Where connections are logged, and how.', {
    apply: readLog,
  }),
]);

/** The rules that hold in a block, with their targets. `fallback`: the file of a configuration that says nothing of it; '' for none. */
export function accessLogsOf(
  draft: Draft,
  { prefix, fallback }: { readonly prefix: string; readonly fallback: string },
): readonly { readonly target: LogTarget; readonly rule: Omit<AccessLogRule, 'target'> }[] {
  const keeping = draft.get(kept);
  const said = draft.get(ACCESS_LOGS) ?? usualLogs(fallback);
  return said.some(({ isOff }) => isOff)
    ? []
    : said.flatMap((log) => (log.isOff ? [] : [{ target: wholeTarget(log.target, prefix, keeping), rule: log.rule }]));
}

/** Those that this block itself names, whoever uses them. */
export function namedLogsOf(draft: Draft, prefix: string): readonly LogTarget[] {
  const keeping = draft.get(kept);
  return (draft.own(ACCESS_LOGS) ?? []).flatMap((log) => (log.isOff ? [] : [wholeTarget(log.target, prefix, keeping)]));
}

export function logsSubrequestsOf(draft: Draft): true | undefined {
  return draft.get(subrequests) === true ? true : undefined;
}

function usualLogs(path: string): readonly SaidLog[] {
  const target = { sink: { kind: 'file', path }, bufferBytes: 0, flushMs: 0, gzipLevel: 0 } as const;
  return path === '' ? [] : [{ isOff: false, target, rule: { format: COMBINED.format, when: undefined } }];
}

function wholeTarget(target: Omit<LogTarget, 'kept'>, prefix: string, keeping: Kept | undefined): LogTarget {
  const { sink } = target;
  if (sink.kind === 'syslog') {
    return target;
  }
  if (typeof sink.path === 'string') {
    return { ...target, sink: { ...sink, path: fullName(sink.path, prefix) } };
  }
  const [first = ''] = sink.path;
  const path = typeof first === 'string' && first.startsWith('/') ? sink.path : [prefix, ...sink.path];
  return { ...target, sink: { ...sink, path }, ...(keeping === undefined ? {} : { kept: keeping }) };
}

function readFormat(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const name = args.text(0);
  if (formatsIn(draft).some((known) => known.name === name)) {
    report('nginx.duplicate', args.place(0), `duplicate "log_format" name "${name}"`, {
      hint: name === COMBINED.name ? 'nginx has this format built in. Give yours another name.' : undefined,
    });
    return;
  }
  const [, manner] = /^escape=(.*)$/s.exec(args.text(1)) ?? [];
  if (manner !== undefined && manner !== 'default' && manner !== 'json' && manner !== 'none') {
    report('nginx.invalid-value', args.place(1), `unknown log format escaping "${manner}"`, {
      hint: 'Write escape=default, escape=json or escape=none.',
    });
    return;
  }
  const text = args.texts(manner === undefined ? 1 : 2).join('');
  draft.append(formats, {
    name,
    format: { words: 'nginx', template: parseText(text).template, escape: manner ?? 'default' },
  });
}

/** Those that the file has said so far: as in nginx, a format stands before the logs that name it. */
function formatsIn(draft: Draft): readonly SaidFormat[] {
  const http = draft.within('http');
  return http === undefined ? (draft.within('stream')?.own(formats) ?? []) : [COMBINED, ...(http.own(formats) ?? [])];
}

function readLog(args: GivenArguments, draft: Draft, report: NginxReport): void {
  if (args.text(0) === 'off') {
    draft.append(ACCESS_LOGS, { isOff: true });
    if (args.count > 1) {
      report('nginx.invalid-value', args.place(1), `invalid parameter "${args.text(1)}"`, {
        hint: 'Nothing stands behind "off".',
      });
    }
    return;
  }
  const format = readFormatName(args, draft, report);
  const buffering = readParameters(args, report);
  const sink = isSyslog(args.text(0)) ? readSyslog(args, report) : fileSink(args);
  const isBuffered = buffering !== undefined && buffering.bufferBytes > 0;
  if (isBuffered && sink !== undefined && !mayBuffer(sink, args, report)) {
    return;
  }
  if (sink === undefined || format === undefined || buffering === undefined) {
    // What is said takes the place of what is around it all the same.
    draft.set(ACCESS_LOGS, draft.own(ACCESS_LOGS) ?? []);
    return;
  }
  const { when, ...target } = buffering;
  draft.append(ACCESS_LOGS, { isOff: false, target: { sink, ...target }, rule: { format, when } });
}

function fileSink(args: GivenArguments): LogTarget['sink'] {
  return { kind: 'file', path: args.template(0) };
}

function mayBuffer(sink: LogTarget['sink'], args: GivenArguments, report: NginxReport): boolean {
  const fault =
    sink.kind === 'syslog'
      ? 'logs to syslog cannot be buffered'
      : typeof sink.path === 'string'
        ? undefined
        : 'buffered logs cannot have variables in name';
  if (fault !== undefined) {
    report('nginx.conflict', args.place(0), fault);
  }
  return fault === undefined;
}

function readFormatName(args: GivenArguments, draft: Draft, report: NginxReport): NginxFormat | undefined {
  if (args.count === 1 && draft.within('stream') !== undefined) {
    report('nginx.invalid-value', args.place(0), 'log format is not specified', {
      hint: 'Connections of a stream have no format by themselves: define one by log_format, and write its name behind the path.',
    });
    return undefined;
  }
  const name = args.count > 1 ? args.text(1) : COMBINED.name;
  const known = formatsIn(draft);
  const lower = name.toLowerCase();
  const found = known.find((each) => each.name.toLowerCase() === lower);
  if (found === undefined) {
    const nearest = nearestWord(
      name,
      known.map((each) => each.name),
    );
    const isParameter = /^(?:buffer|flush|gzip|if)(?:=|$)/.test(name);
    report('nginx.invalid-value', args.place(1), `unknown log format "${name}"`, {
      hint: isParameter
        ? 'The name of a format stands before the parameters: access_log PATH combined buffer=32k.'
        : nearest === undefined
          ? 'A log_format stands before the access_log that names it.'
          : `Did you mean "${nearest}"?`,
    });
  }
  return found?.format;
}

function readParameters(args: GivenArguments, report: NginxReport): Buffering | undefined {
  const read: Buffering = { bufferBytes: 0, flushMs: 0, gzipLevel: 0, when: undefined };
  for (const [index, text] of args.texts(2).entries()) {
    const fault = readParameter(text, read);
    if (fault !== undefined) {
      report('nginx.invalid-value', args.place(index + 2), fault);
      return undefined;
    }
  }
  if (read.flushMs > 0 && read.bufferBytes === 0) {
    report('nginx.conflict', args.place(0), `no buffer is defined for access_log "${args.text(0)}"`, {
      hint: 'Write buffer=32k in front of flush=.',
    });
    return undefined;
  }
  return read;
}

/** The fault, if there is one. */
function readParameter(text: string, read: Buffering): string | undefined {
  const [, name = '', value] = /^(buffer|flush|gzip|if)(?:=(.*))?$/s.exec(text) ?? [];
  switch (name) {
    case 'buffer':
      read.bufferBytes = readSize(value ?? '') ?? 0;
      return read.bufferBytes > 0 ? undefined : `invalid buffer size "${value ?? ''}"`;
    case 'flush':
      read.flushMs = readMilliseconds(value ?? '') ?? 0;
      return read.flushMs > 0 ? undefined : `invalid flush time "${value ?? ''}"`;
    case 'gzip':
      read.bufferBytes ||= GZIP_BUFFER_BYTES;
      read.gzipLevel = value === undefined ? FASTEST : /^[1-9]$/.test(value) ? Number(value) : 0;
      return read.gzipLevel > 0 ? undefined : `invalid compression level "${value}"`;
    case 'if': {
      const parsed = parseText(value ?? '');
      read.when = parsed.template;
      return parsed.fault?.message;
    }
    default:
      return `invalid parameter "${text}"`;
  }
}

function readKept(args: GivenArguments, draft: Draft, report: NginxReport): void {
  let filesMax: number | undefined;
  let idleS: number | undefined = USUAL_IDLE_S;
  let checkS: number | undefined = USUAL_CHECK_S;
  let usesMin = 1;
  for (const [index, text] of args.texts().entries()) {
    const [, name, value = ''] = /^(max|inactive|min_uses|valid)=(.*)$/s.exec(text) ?? [];
    const count = /^\d{1,15}$/.test(value) ? Number(value) : undefined;
    if (text === 'off') {
      draft.set(kept, undefined);
      return;
    }
    filesMax = name === 'max' ? count : filesMax;
    usesMin = name === 'min_uses' ? Math.max(1, count ?? 0) : usesMin;
    idleS = name === 'inactive' ? readSeconds(value) : idleS;
    checkS = name === 'valid' ? readSeconds(value) : checkS;
    const isFaulty =
      name === undefined ||
      (name === 'max' && filesMax === undefined) ||
      (name === 'min_uses' && count === undefined) ||
      idleS === undefined ||
      checkS === undefined;
    if (isFaulty) {
      report('nginx.invalid-value', args.place(index), `invalid "open_log_file_cache" parameter "${text}"`);
      return;
    }
  }
  if (filesMax === undefined || filesMax === 0) {
    report('nginx.invalid-value', args.directive.place, '"open_log_file_cache" must have "max" parameter');
    return;
  }
  draft.set(kept, { filesMax, idleMs: (idleS ?? 0) * 1000 || 1000, checkMs: (checkS ?? 0) * 1000, usesMin });
}
