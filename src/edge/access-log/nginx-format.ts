/** Makes a function of a format of nginx's `log_format`, once. What a request is asked for is a variable each, escaped as nginx escapes it. */

import type { LogFormat } from '../../config/model/logs.ts';
import type { CompiledTemplate, Route } from '../pipeline/route.ts';
import type { Variable } from '../pipeline/variables/variable.ts';
import { escapeLog } from './line.ts';

type NginxFormat = Extract<LogFormat, { words: 'nginx' }>;
type Part = string | ((route: Route) => string);

export interface FormatCompilation {
  template(template: NginxFormat['template']): CompiledTemplate;
  variable(name: string): Variable;
}

/** Without the end of the line. */
export function compileNginxFormat(
  { template, escape: manner }: NginxFormat,
  compilation: FormatCompilation,
): CompiledTemplate {
  const show = ESCAPES[manner];
  const parts = (typeof template === 'string' ? [template] : template).map((part): Part => {
    if (typeof part === 'string') {
      return compilation.template(part);
    }
    if (!('variable' in part)) {
      const { capture } = part;
      return (route) => show(route.captures?.[capture]);
    }
    return compileVariable(part.variable.toLowerCase(), show, compilation);
  });
  return (route) => {
    let line = '';
    for (const part of parts) {
      line += typeof part === 'string' ? part : part(route);
    }
    return line;
  };
}

type Show = (value: string | undefined) => string;

function compileVariable(name: string, show: Show, compilation: FormatCompilation): Part {
  const variable = name === 'status' ? ownStatus : compilation.variable(name);
  if (PLAIN.has(name)) {
    return (route) => variable(route) ?? show(undefined);
  }
  return (route) => show(variable(route));
}

/** That of a subrequest, in its line. */
function ownStatus({ sent, errorStatus, main, exchange }: Route): string {
  const own = sent.status || errorStatus;
  const status = own === 0 && main.exchange === exchange ? statusOf(exchange) : own;
  return String(status).padStart(3, '0');
}

/** The transport knows what it has told a client without asking anybody. */
function statusOf(exchange: object): number {
  return (exchange as { readonly status?: number }).status ?? 0;
}

/** Values of our own, in which nothing has to be escaped: numbers and times. */
const PLAIN: ReadonlySet<string> = new Set([
  'status',
  'body_bytes_sent',
  'bytes_sent',
  'request_length',
  'request_time',
  'time_local',
  'time_iso8601',
  'msec',
  'connection',
  'connection_requests',
  'connection_time',
  'pipe',
  'pid',
]);

const ESCAPES: Readonly<Record<NginxFormat['escape'], Show>> = {
  default: (value) => (value === undefined ? '-' : escapeLog(value)),
  json: (value) => (value === undefined ? '' : escapeJson(value)),
  none: (value) => value ?? '',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape.
const UNSAFE_IN_JSON = /[\x00-\x1f"\\]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape.
const EACH_UNSAFE_IN_JSON = /[\x00-\x1f"\\]/g;

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** The inside of a string of JSON. Bytes that are not ASCII stay as they are. */
export function escapeJson(text: string): string {
  return UNSAFE_IN_JSON.test(text)
    ? text.replace(
        EACH_UNSAFE_IN_JSON,
        (character) => SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
      )
    : text;
}
