/** Makes a function of a format of nginx's `log_format`, once. What a request is asked for is a variable each, escaped as nginx escapes it. */

import type { LogFormat } from '../../config/model/logs.ts';
import type { Subject, TemplateFor, VariableFor } from '../pipeline/subject.ts';
import { escapeLog } from './line.ts';

type NginxFormat = Extract<LogFormat, { words: 'nginx' }>;

export interface FormatCompilation<S> {
  template(template: NginxFormat['template']): TemplateFor<S>;
  variable(name: string): VariableFor<S>;
}

/** Without the end of the line. */
export function compileNginxFormat<S extends Subject>(
  { template, escape: manner }: NginxFormat,
  compilation: FormatCompilation<S>,
): TemplateFor<S> {
  const show = ESCAPES[manner];
  const parts = (typeof template === 'string' ? [template] : template).map((part): TemplateFor<S> => {
    if (typeof part === 'string') {
      return compilation.template(part);
    }
    if (!('variable' in part)) {
      const { capture } = part;
      return (subject) => show(subject.captures?.[capture]);
    }
    return compileVariable(part.variable.toLowerCase(), show, compilation);
  });
  return (subject) => {
    let line = '';
    for (const part of parts) {
      line += typeof part === 'string' ? part : part(subject);
    }
    return line;
  };
}

type Show = (value: string | undefined) => string;

function compileVariable<S>(name: string, show: Show, compilation: FormatCompilation<S>): TemplateFor<S> {
  const variable = compilation.variable(name);
  if (PLAIN.has(name)) {
    return (subject) => variable(subject) ?? show(undefined);
  }
  return (subject) => show(variable(subject));
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
  // Of sessions of streams.
  'bytes_received',
  'session_time',
  'protocol',
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
