/** `syslog:server=ADDRESS[,facility=F][,tag=T][,severity=S][,nohostname]`, where logs may be written in place of a file. */

import type { LogTarget } from '../../../model/logs.ts';
import { SYSLOG_FACILITIES, SYSLOG_SEVERITIES } from '../../../model/syslog-words.ts';
import { nearestWord } from '../../../nearest.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';

type Syslog = Extract<LogTarget['sink'], { kind: 'syslog' }>;

const PREFIX = 'syslog:';
const USUAL = { facility: 'local7', severity: 'info', tag: 'nginx' } as const;
/** RFC 3164 4.1.3. */
const TAG_LENGTH_MAX = 32;
const UNIX = 'unix:';

export function isSyslog(text: string): boolean {
  return text.startsWith(PREFIX);
}

interface Fault {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Undefined: there is a fault, or nothing is written. */
export function readSyslog(args: GivenArguments, report: NginxReport): Syslog | undefined {
  const said = new Map<string, string>();
  for (const part of args.text(0).slice(PREFIX.length).split(',')) {
    const fault = readPart(part, said);
    if (fault !== undefined) {
      report('nginx.invalid-value', args.place(0), fault.message, fault);
      return undefined;
    }
  }
  const server = said.get('server') ?? '';
  if (server === '') {
    report('nginx.invalid-value', args.place(0), 'no syslog server specified', {
      hint: 'Write syslog:server=ADDRESS.',
    });
    return undefined;
  }
  if (server.startsWith(UNIX)) {
    report('nginx.later', args.place(0), `"${args.directive.text}" writes to no Unix socket of syslog yet`, {
      hint: 'These lines are not written. Let the syslog server listen on UDP of this machine and write server=127.0.0.1, or name a file.',
      severity: 'warning',
    });
    return undefined;
  }
  return {
    kind: 'syslog',
    server,
    facility: said.get('facility') ?? USUAL.facility,
    severity: said.get('severity') ?? USUAL.severity,
    tag: said.get('tag') ?? USUAL.tag,
    hasHost: !said.has('nohostname'),
  };
}

function readPart(part: string, said: Map<string, string>): Fault | undefined {
  if (part === 'nohostname') {
    said.set(part, '');
    return undefined;
  }
  const [, key = '', value = ''] = /^(server|facility|severity|tag)=(.*)$/s.exec(part) ?? [];
  if (key === '') {
    return {
      message: `unknown syslog parameter "${part}"`,
      hint: 'There are server=, facility=, severity=, tag= and nohostname.',
    };
  }
  if (said.has(key)) {
    return { message: `duplicate syslog "${key}"` };
  }
  said.set(key, value);
  switch (key) {
    case 'server':
      return faultOfServer(value);
    case 'facility':
      return faultOfWord(key, value, SYSLOG_FACILITIES);
    case 'severity':
      return faultOfWord(key, value, SYSLOG_SEVERITIES);
    default:
      return faultOfTag(value);
  }
}

function faultOfServer(server: string): Fault | undefined {
  const [, bracketed, plain, port] = /^(?:\[([\da-f:.]+)\]|([^:/[\]]*))(?::(.*))?$/i.exec(server) ?? [];
  if (server.startsWith(UNIX)) {
    return undefined;
  }
  if (port !== undefined && (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)) {
    return { message: `invalid port in syslog server "${server}"` };
  }
  return (bracketed ?? plain ?? '') === '' ? { message: `no host in syslog server "${server}"` } : undefined;
}

function faultOfWord(key: string, value: string, words: readonly string[]): Fault | undefined {
  if (words.includes(value)) {
    return undefined;
  }
  const nearest = nearestWord(value, words);
  return {
    message: `unknown syslog ${key} "${value}"`,
    hint: nearest === undefined ? `Write one of: ${words.join(', ')}.` : `Did you mean "${nearest}"?`,
  };
}

function faultOfTag(tag: string): Fault | undefined {
  if (tag.length > TAG_LENGTH_MAX) {
    return { message: 'syslog tag length exceeds 32' };
  }
  return /^\w*$/.test(tag) ? undefined : { message: 'syslog "tag" only allows alphanumeric characters and underscore' };
}
