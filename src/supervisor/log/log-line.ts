/**
 * The log as text: `2026-11-21 10:04:33.123 +0000 [pid] LEVEL name: text`, one line each, in local time.
 *
 * LEVEL is DEBUG, INFO, WARNING or ERROR for what we say ourselves, and OUTPUT for what the application or a child wrote. Control bytes
 * are escaped, so that nothing a client or an application says can forge a line or move a terminal's cursor; text that is UTF-8 passes.
 */

import { isUtf8 } from 'node:buffer';
import type { LineOrigin, LogEvent } from './log-event.ts';

/** Every line of an event as a line of the log, with its line feed. */
export function renderLogLines(
  nowMs: number,
  { pid, name }: LineOrigin,
  { level, message, traceback }: LogEvent,
): string {
  const prefix = `${renderTime(nowMs)} [${pid}] ${level.toUpperCase()} ${name}: `;
  const text = traceback === '' ? message : `${message}\n${traceback}`;
  return text
    .split('\n')
    .map((line) => `${prefix}${escapeControls(line)}\n`)
    .join('');
}

/** Bytes of a child as text: UTF-8 where they are, else byte by byte. */
export function decodeLine(bytes: Buffer): string {
  if (isUtf8(bytes)) {
    return bytes.toString('utf8');
  }
  return bytes.toString('latin1').replaceAll(/[\x80-\xff]/g, escapeCharacter);
}

/**
 * Tab passes. C1 controls are escaped as well: some terminals obey them. So are Unicode's line separators and the marks that turn the order of
 * what follows around (CVE-2021-42574): a line is read as it was written.
 */
export function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replaceAll(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, escapeCharacter);
}

/** The same of a text that has several lines, such as a traceback. */
export function escapeLines(text: string): string {
  return text.split('\n').map(escapeControls).join('\n');
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code > 0xff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\x${code.toString(16).padStart(2, '0')}`;
}

function renderTime(nowMs: number): string {
  const time = new Date(nowMs);
  const offset = -time.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const millis = String(time.getMilliseconds()).padStart(3, '0');
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${millis} ${zone}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
