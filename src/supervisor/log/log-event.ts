/** What one entry of the log says, before it has a form. */

import type { LogLevel } from '../../config/serve-options.ts';

/** `output`: what the application or a child of ours has printed, whose level nobody knows. Some things have a level only in nginx's logs. */
export type LineLevel = OwnLevel | 'output';

export type OwnLevel = LogLevel | 'notice' | 'crit' | 'alert' | 'emerg';

export interface LineOrigin {
  readonly pid: number;
  /** portico, edge, w1, or app while the application is loaded. */
  readonly name: string;
}

export interface RequestFacts {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
}

export interface LogEvent {
  readonly level: LineLevel;
  /** What happened, in one line; of printed text all of it. */
  readonly message: string;
  /** Lines of a traceback, or of a stack of ours; '' without. */
  readonly traceback: string;
  readonly about?: RequestFacts;
  readonly fields?: PrintedObject;
}

/** The object that the application has printed as a line of JSON. */
export interface PrintedObject {
  /** As it was printed: numbers that JavaScript cannot hold pass unchanged. */
  readonly text: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** An event of ours, whose first line says what happened. */
export function ownEvent(level: OwnLevel, text: string, about?: RequestFacts): LogEvent {
  const end = text.indexOf('\n');
  const [message, traceback] = end === -1 ? [text, ''] : [text.slice(0, end), text.slice(end + 1).trimEnd()];
  return about === undefined ? { level, message, traceback } : { level, message, traceback, about };
}
