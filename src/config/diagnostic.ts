/** A fault of the operator's, as data: what is wrong, where, and the way out. Every reader of settings and files tells its faults so. */

import type { DiagnosticCode } from './diagnostic-codes.ts';
import type { Place } from './place.ts';
import { renderPlace } from './place.ts';

/** With an error nothing is started; an information is only worth knowing. */
export type Severity = 'error' | 'warning' | 'info';

export interface Diagnostic {
  readonly severity: Severity;
  readonly code: DiagnosticCode;
  readonly place: Place;
  /** What is wrong, in the words of the program whose language is read. May be empty where the code says all. */
  readonly message: string;
  /** The way out, in whole sentences, where the message has none: that program would not have said it. Each line says something of its own. */
  readonly hint?: string;
}

export type Report = (code: DiagnosticCode, place: Place, message: string, severity?: Severity) => void;

export function isFaulty(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** As the terminal shows it, on one line. */
export function renderDiagnostic({ severity, place, message, hint }: Diagnostic): string {
  const kind = severity === 'error' ? '' : `${severity}: `;
  return `portico: ${kind}${renderPlace(place)}: ${message}${hint === undefined ? '' : `. ${hint}`}\n`;
}
