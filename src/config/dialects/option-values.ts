/** How values are written on the command lines of Python's servers: numbers without units, seconds, yes and no. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { BindAddress } from '../bind-address.ts';
import { UNIX_PATH_BYTES_MAX } from '../bind-address.ts';
import type { LogLevel } from '../serve-options.ts';
import { parseCount, parseDuration } from '../setting-values.ts';

export const COUNT_MAX = 1_000_000_000;
/** As `portico serve --workers`. */
export const WORKERS_MAX = 512;
/** uvicorn's adapter runs a WSGI application in so many threads. */
export const WSGI_THREADS = 10;
const PORT_MAX = 65_535;
/** What the edge takes. */
const HEAD_BYTES_MAX = 32 * 1024;

/** Levels of Python's logging, and uvicorn's trace. */
const LOG_LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ['trace', 'debug'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['warning', 'warning'],
  ['warn', 'warning'],
  ['error', 'error'],
  ['critical', 'error'],
]);

export function readInteger(least: number, most: number = COUNT_MAX): (text: string) => Outcome<number> {
  return (text) => (/^[+-]?\d{1,12}$/.test(text) ? parseCount(least, most)(text.replace('+', '')) : notInteger(text));
}

/** Whole seconds; the result is in milliseconds. */
export function readSeconds(leastMs: number): (text: string) => Outcome<number> {
  return (text) => (/^\d{1,9}$/.test(text) ? parseDuration(leastMs)(text) : notInteger(text));
}

/** Seconds that may have a fraction; the result is in milliseconds. */
export function readFractionalSeconds(leastMs: number): (text: string) => Outcome<number> {
  return (text) =>
    /^\d{1,9}(\.\d*)?$/.test(text)
      ? parseDuration(leastMs)(Number(text).toFixed(3))
      : failure(`"${text}" is not a number of seconds`);
}

/** As click reads a boolean. */
export function readBoolean(text: string): Outcome<boolean> {
  switch (text.trim().toLowerCase()) {
    case 'true':
    case 't':
    case '1':
    case 'yes':
    case 'y':
    case 'on':
      return success(true);
    case 'false':
    case 'f':
    case '0':
    case 'no':
    case 'n':
    case 'off':
      return success(false);
    default:
      return failure(`"${text}" is not a boolean. Write true or false`);
  }
}

export function readPort(text: string): Outcome<number> {
  return readInteger(0, PORT_MAX)(text);
}

export function readLogLevel(text: string): Outcome<LogLevel> {
  const level = LOG_LEVELS.get(text.toLowerCase());
  return level === undefined ? failure(`"${text}" is not one of ${[...LOG_LEVELS.keys()].join(', ')}`) : success(level);
}

/** An address or a name, an IPv6 address with brackets or without. */
export function readHost(text: string): Outcome<string> {
  const host = text.replace(/^\[(.*)\]$/, '$1');
  return host === '' || /[\s/[\]]/.test(host) ? failure(`"${text}" is not a host name or an address`) : success(host);
}

/** The path of a Unix socket. */
export function readSocketPath(path: string): Outcome<BindAddress> {
  if (path === '' || path.endsWith('/')) {
    return failure(`"${path}" is not the path of a socket`);
  }
  return Buffer.byteLength(path) > UNIX_PATH_BYTES_MAX
    ? failure(`the path of a Unix socket has at most ${UNIX_PATH_BYTES_MAX} bytes; "${path}" is longer`)
    : success({ kind: 'unix', path });
}

/** The largest head of a request, which cannot be set here. The result is what is to be told. */
export function readHeadBytes(text: string): Outcome<readonly string[]> {
  const bytes = readInteger(1)(text);
  if (!bytes.ok) {
    return bytes;
  }
  return bytes.value > HEAD_BYTES_MAX
    ? failure(`the head of a request may have ${HEAD_BYTES_MAX} bytes and no more. Make cookies and addresses smaller`)
    : success([`the head of a request may have ${HEAD_BYTES_MAX} bytes`]);
}

function notInteger(text: string): Outcome<never> {
  return failure(`"${text}" is not a valid integer`);
}
