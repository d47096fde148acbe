/** Where the log goes, in which form, and from which level on. A server has one outlet, or as many as its nginx.conf has `error_log`. */

import type { LogFormat, LogLevel } from '../../config/serve-options.ts';
import type { ErrorLevel } from '../../kernel/error-line.ts';
import { isLogged, renderErrorLine } from '../../kernel/error-line.ts';
import type { LineLevel, LineOrigin, LogEvent } from './log-event.ts';
import { escapeControls, renderLogLines } from './log-line.ts';
import { renderLogObject } from './log-object.ts';
import type { LogSink } from './log-sink.ts';

export interface LogOutlet {
  readonly sink: Pick<LogSink, 'write'>;
  /** Whole lines; '' if nothing is to be written of the event. */
  render(nowMs: number, origin: LineOrigin, event: LogEvent): string;
}

/** nginx's levels, by ours. What the application prints is of no level, and is written wherever there is a log. */
const ERROR_LEVEL: Readonly<Record<LineLevel, ErrorLevel>> = {
  debug: 'debug',
  info: 'notice',
  notice: 'notice',
  warning: 'warn',
  error: 'error',
  crit: 'crit',
  alert: 'alert',
  emerg: 'emerg',
  output: 'notice',
};

/** Ours, by nginx's. */
const LEAST: Readonly<Record<LogLevel, ErrorLevel>> = { debug: 'debug', info: 'info', warning: 'warn', error: 'error' };

/** Nothing of ours below `least` is written; what others print always is. */
export function newOutlet(
  sink: LogOutlet['sink'],
  { format, least }: { format: LogFormat; least: LogLevel },
): LogOutlet {
  const render = rendererOf(format);
  return {
    sink,
    render: (nowMs, origin, event) => (isHeard(event, LEAST[least]) ? render(nowMs, origin, event) : ''),
  };
}

/** An error log as nginx writes it. */
export function newErrorOutlet(sink: LogOutlet['sink'], least: ErrorLevel): LogOutlet {
  return { sink, render: (nowMs, origin, event) => (isHeard(event, least) ? renderAsError(nowMs, origin, event) : '') };
}

export function rendererOf(format: LogFormat): LogOutlet['render'] {
  return format === 'json' ? renderLogObject : renderLogLines;
}

function isHeard({ level }: LogEvent, least: ErrorLevel): boolean {
  return level === 'output' || isLogged(ERROR_LEVEL[level], least);
}

function renderAsError(nowMs: number, { pid, name }: LineOrigin, { level, message, traceback }: LogEvent): string {
  const text = traceback === '' ? message : `${message}\n${traceback}`;
  // What a worker prints is told apart from what the server says, which nginx has no name for.
  const prefix = level === 'output' ? `${name}: ` : '';
  return text
    .split('\n')
    .map((line) => renderErrorLine(nowMs, ERROR_LEVEL[level], { pid, tid: pid }, 0, prefix + escapeControls(line)))
    .join('');
}
