/** Access-log lines: Apache's combined format with times added, or JSON. Nothing a client sent stands in them unescaped. */

import { isUtf8 } from 'node:buffer';
import { isoDate } from '../../kernel/clock.ts';
import { MONTHS } from '../../kernel/months.ts';
import type { HttpVersion } from '../../protocol/http/version.ts';
import { protocolName } from '../../protocol/http/version.ts';

export interface AccessEntry {
  readonly address: string;
  readonly atMs: number;
  /** Parts of the request line, raw; '' where none could be read, and then what came in its place, as far as it came. */
  readonly method: string;
  readonly target: string;
  readonly refusedLine: string;
  readonly version: HttpVersion;
  readonly status: number;
  readonly bodyBytes: number;
  readonly referer: string;
  readonly userAgent: string;
  readonly host: string;
  readonly requestId: string;
  /** From the head to the end of the response; waiting for a worker; the worker's. -1: not asked for. */
  readonly tookMs: number;
  readonly queueMs: number;
  readonly appMs: number;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape.
const UNSAFE = /[\0-\x1f"\\\x7f-\xff]/g;

/** As nginx and Apache write it: `\xHH` for what could break a line or a terminal. */
export function escapeLog(text: string): string {
  return UNSAFE.test(text)
    ? text.replace(UNSAFE, (character) => `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    : text;
}

let stampSecond = -1;
let stamp = '';

/** `21/Nov/2026:10:04:33 +0000`, made once a second. Always UTC, as containers run. */
export function clfDate(atMs: number): string {
  const second = Math.floor(atMs / 1000);
  if (second !== stampSecond) {
    stampSecond = second;
    const iso = isoDate(atMs);
    stamp = `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
  }
  return stamp;
}

function quoted(text: string): string {
  return text === '' ? '"-"' : `"${escapeLog(text)}"`;
}

function seconds(ms: number): string {
  return ms < 0 ? '-' : (ms / 1000).toFixed(6);
}

/** Combined, then the time taken, the queue's and the application's share in seconds, and the request id. */
export function renderCombined(entry: AccessEntry): string {
  const request =
    entry.method === ''
      ? quoted(entry.refusedLine)
      : `"${escapeLog(`${entry.method} ${entry.target}`)} ${protocolName(entry.version)}"`;
  return `${entry.address || '-'} - - [${clfDate(entry.atMs)}] ${request} ${entry.status} ${entry.bodyBytes} ${quoted(entry.referer)} ${quoted(entry.userAgent)} ${seconds(entry.tookMs)} ${seconds(entry.queueMs)} ${seconds(entry.appMs)} ${entry.requestId || '-'}\n`;
}

export function renderJson(entry: AccessEntry): string {
  const time = isoDate(entry.atMs);
  const line = JSON.stringify({
    time,
    address: entry.address,
    method: entry.method,
    target: entry.target,
    protocol: entry.method === '' ? '' : protocolName(entry.version),
    requestLine: entry.method === '' ? entry.refusedLine || undefined : undefined,
    host: entry.host,
    status: entry.status,
    bytes: entry.bodyBytes,
    referer: entry.referer || undefined,
    userAgent: entry.userAgent || undefined,
    requestId: entry.requestId || undefined,
    seconds: Math.round(entry.tookMs * 1000) / 1e6,
    queueSeconds: entry.queueMs < 0 ? undefined : Math.round(entry.queueMs * 1000) / 1e6,
    appSeconds: entry.appMs < 0 ? undefined : Math.round(entry.appMs * 1000) / 1e6,
  });
  return `${escapeBytesForJson(line)}\n`;
}

const NOT_ASCII = /[\x7f-\xff]/;

/** What is UTF-8 is read as text, as its readers will; other bytes are a character each. All of it as `\uHHHH`: JSON would let DEL and the C1 controls pass. */
export function escapeBytesForJson(text: string): string {
  if (!NOT_ASCII.test(text)) {
    return text;
  }
  const bytes = Buffer.from(text, 'latin1');
  return (isUtf8(bytes) ? bytes.toString('utf8') : text).replace(
    /[\x7f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
