/**
 * The log as JSON: an object for each event, one a line, for programs that collect logs.
 *
 * `time` is RFC 3339 in UTC. `level` is the word that Loki, Datadog and people look for, `severity` the one of Google Cloud, which knows no
 * other. What a program of the application's prints as a JSON object of its own is not packed into a string: it is `fields`, and its level and its
 * message are taken over.
 */

import { isoDate } from '../../kernel/clock.ts';
import type { LineOrigin, LogEvent } from './log-event.ts';

/** DEFAULT: no level was given. */
const SEVERITIES: ReadonlyMap<string, string> = new Map([
  ['output', 'DEFAULT'],
  ['trace', 'DEBUG'],
  ['debug', 'DEBUG'],
  ['info', 'INFO'],
  ['notice', 'NOTICE'],
  ['warn', 'WARNING'],
  ['warning', 'WARNING'],
  ['error', 'ERROR'],
  ['exception', 'ERROR'],
  ['critical', 'CRITICAL'],
  ['fatal', 'CRITICAL'],
]);

/** Keys under which logging libraries for Python write what happened (structlog, python-json-logger, loguru, ECS). */
const MESSAGE_KEYS = ['message', 'msg', 'event'] as const;
const LEVEL_KEYS = ['level', 'levelname', 'severity', 'log.level'] as const;

export function renderLogObject(nowMs: number, { pid, name }: LineOrigin, event: LogEvent): string {
  const { fields, traceback } = event;
  const level = levelOf(event);
  const line = renderJsonLine({
    time: isoDate(nowMs),
    level,
    severity: SEVERITIES.get(level),
    name,
    pid,
    message: fields === undefined ? event.message : (textOf(fields.values, MESSAGE_KEYS) ?? ''),
    ...event.about,
    ...(traceback === '' ? {} : { traceback }),
  });
  return fields === undefined ? line : `${line.slice(0, -END.length)},"fields":${escapeInJson(fields.text)}${END}`;
}

const END = '}\n';

export function renderJsonLine(value: Readonly<Record<string, unknown>>): string {
  return `${escapeInJson(JSON.stringify(value))}\n`;
}

/**
 * In strings JSON lets DEL, the C1 controls, Unicode's line separators and the marks that turn the order of a line around pass, and between values
 * three controls, all of which terminals and readers of lines may obey.
 */
function escapeInJson(text: string): string {
  return text
    .replaceAll(
      /[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll(/[\t\n\r]/g, ' ');
}

function levelOf({ level, fields }: LogEvent): string {
  const named = fields === undefined ? undefined : textOf(fields.values, LEVEL_KEYS)?.toLowerCase();
  return named !== undefined && SEVERITIES.has(named) ? named : level;
}

function textOf(fields: Readonly<Record<string, unknown>>, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (typeof value === 'string') {
      return value;
    }
  }
  return undefined;
}
