/** How values are written in options of uWSGI. */

import type { Outcome } from '../../../kernel/outcome.ts';
import { failure, success } from '../../../kernel/outcome.ts';
import type { BindAddress, ServeBind } from '../../bind-address.ts';
import { parseBindAddress } from '../../bind-address.ts';
import type { UrlFolder } from '../../model/folders.ts';
import { parseResponseField } from '../../response-field.ts';
import type { ResponseField } from '../../serve-options.ts';
import { parseText } from '../../setting-values.ts';
import { parseStatsAddress } from '../../stats-settings.ts';
import { readSocketPath } from '../option-values.ts';
import type { FileExpiry, HttpsAddress, Mount, RequestLog } from './uwsgi-words.ts';

const SYSLOG_PORT = 514;
const YEAR_SECONDS = 31_536_000;

/** With a colon it is HOST:PORT, without one the path of a Unix socket. */
export function readAddress(text: string): Outcome<ServeBind> {
  if (/^(?:@|\\0|fd:)/.test(text)) {
    return failure(`"${text}" is a socket without a path, which is not listened on. Name a path`);
  }
  return text.includes(':') ? parseBindAddress(text) : readSocketPath(text);
}

/** … or a name of the abstract namespace. */
export function readStatsAddress(text: string): Outcome<BindAddress> {
  return text.startsWith('@') ? parseStatsAddress(text) : readAddress(text);
}

export function readSocketProtocol(text: string): Outcome<'uwsgi' | 'http'> {
  return text === 'uwsgi' || text === 'http' ? success(text) : failure(`"${text}" is neither uwsgi nor http`);
}

/** `ADDRESS,CERTIFICATE,KEY[,CIPHERS[,AUTHORITIES]]` */
export function readHttpsAddress(text: string): Outcome<HttpsAddress> {
  const [where = '', certFile = '', keyFile = '', ciphers = '', caCerts = ''] = text.split(',');
  const address = readAddress(where);
  if (!address.ok) {
    return address;
  }
  return certFile === ''
    ? failure(`"${text}" is not of the form ADDRESS,CERTIFICATE,KEY`)
    : success({ address: address.value, certFile, keyFile, ciphers, caCerts });
}

/** The same as `addr=…,cert=…,key=…`. */
export function readHttpsKeys(text: string): Outcome<HttpsAddress> {
  const said = new Map(text.split(',').map((part) => part.split('=', 2) as [string, string]));
  const value = (...names: string[]) => names.map((name) => said.get(name)).find((found) => found !== undefined) ?? '';
  const parts = [value('addr'), value('cert'), value('key'), value('ciphers', 'cipher'), value('client_ca')];
  return readHttpsAddress(parts.join(','));
}

/** `URL=APP`. What does not begin with a slash is the name of a host there. */
export function readMount(text: string): Outcome<Mount> {
  const at = text.indexOf('=');
  const url = text.slice(0, Math.max(0, at));
  const app = text.slice(at + 1);
  if (at < 1 || app === '') {
    return failure(`"${text}" is not of the form URL=APP, as in /shop=shop.wsgi`);
  }
  return url.startsWith('/')
    ? success({ url: url.replace(/\/+$/, ''), app })
    : failure(`"${url}" is no path: applications for hosts are not told apart. Run a server for each`);
}

/** `URL=FOLDER`, or `URL=FILE`. */
export function readStaticMap(text: string): Outcome<UrlFolder> {
  const at = text.indexOf('=');
  const url = text.slice(0, Math.max(0, at));
  const root = text.slice(at + 1);
  return url.startsWith('/') && root !== ''
    ? success({ url, root })
    : failure(`"${text}" is not of the form URL=FOLDER, as in /static=/srv/site/static`);
}

/** The URL is a part of the path of the file as well. */
export function readStaticMap2(text: string): Outcome<UrlFolder> {
  const map = readStaticMap(text);
  return map.ok ? success({ url: map.value.url, root: `${map.value.root.replace(/\/+$/, '')}${map.value.url}` }) : map;
}

/** `PATTERN SECONDS`. Undefined: patterns that a folder cannot say. A pattern that asks for hexadecimal digits means names with a hash. */
export function readExpires(text: string): Outcome<FileExpiry | undefined> {
  const [, pattern = '', seconds = ''] = /^(\S+)[\s=]+(\d+)$/.exec(text.trim()) ?? [];
  if (seconds === '') {
    return failure(`"${text}" is not of the form PATTERN SECONDS`);
  }
  if (/\[[^\]]*(?:a-f|0-9a-fA-F)[^\]]*\]/.test(pattern)) {
    return success('hashed');
  }
  const [, url] = /^\^?((?:\/[\w-]+)*\/?)(?:\.\*|\*|\.\+)?\$?$/.exec(pattern) ?? [];
  return success(url === undefined ? undefined : { url, seconds: Math.min(Number(seconds), YEAR_SECONDS) });
}

/** `NAME: VALUE`. Undefined: the field is the server's own, and says what it does in any case. */
export function readAddedField(text: string): Outcome<ResponseField | 'closes' | undefined> {
  const [, value] = /^connection\s*:\s*(.*)$/i.exec(text) ?? [];
  if (value !== undefined) {
    return success(value.trim().toLowerCase() === 'close' ? 'closes' : undefined);
  }
  return parseResponseField(text);
}

/** `file:PATH`, `syslog[:TAG[,FACILITY]]`, `rsyslog:HOST[:PORT],TAG` or `stdio`, with a name of its own in front or without. */
export function readLogger(text: string): Outcome<RequestLog> {
  const [, plugin = '', rest = ''] = /^(?:\w+\s+)?(\w+):?(.*)$/s.exec(text) ?? [];
  switch (plugin) {
    case 'stdio':
      return success({ kind: 'file', path: '-' });
    case 'file': {
      const path = /(?:^|,)logfile=([^,]+)/.exec(rest)?.[1] ?? rest;
      return path === '' ? failure(`"${text}" names no file`) : success({ kind: 'file', path });
    }
    case 'rsyslog': {
      const [host = '', tag = 'uwsgi'] = rest.split(',');
      const server = host.includes(':') ? host : `${host}:${SYSLOG_PORT}`;
      return success({ kind: 'syslog', server, facility: 'local0', tag: tag.replaceAll(/\W/g, '_') });
    }
    case 'syslog':
    case 'systemd':
      return success({ kind: 'journal' });
    default:
      return failure(`"${text}" is none of file:PATH, rsyslog:HOST:PORT,NAME, syslog and stdio`);
  }
}

/** Octal, and 666 where it is said without a mode. */
export function readSocketMode(text: string): Outcome<number> {
  if (text === '' || text === 'true') {
    return success(0o666);
  }
  return /^[0-7]{3,4}$/.test(text)
    ? success(Number.parseInt(text, 8))
    : failure(`"${text}" is not a mode. Write it as in 660`);
}

/** The recipe by which SIGTERM is made gentle, and no other. A shell may have cut it in two. */
export function readMasterHook(text: string): Outcome<string> {
  return /^unix_signal:15(?:\s+gracefully_kill_them_all)?$/.test(text.trim())
    ? success(text)
    : failure(
        `"${text}" is not run: no commands run when the server starts. Put it before the server in its unit or script`,
      );
}

/** The path of a log. What stands for our own output is that, and an address is no path. */
export function readLogPath(text: string): Outcome<string> {
  if (/^\/(?:dev\/std(?:out|err)|proc\/self\/fd\/[12])$/.test(text)) {
    return success('');
  }
  return /^(?:udp:|[\w.-]*:\d+$)/.test(text)
    ? failure(`"${text}" is an address: the log is not sent. Name a file, or leave it to journald`)
    : parseText(text);
}
