/** A fault of the operator's, as it is told to them: what is wrong, where, and the way out. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** Stable: `settings.unknown-flag`. */
  readonly code: DiagnosticCode;
  /** Where it was said: `--workers`, `PORTICO_WORKERS`, a path. */
  readonly at: string;
  /** One or two sentences, the last of them the way out. */
  readonly message: string;
}

export const DIAGNOSTIC_CODES = {
  'settings.unknown-flag': 'A flag that does not exist.',
  'settings.unknown-variable': 'An environment variable that begins with PORTICO_ and names no setting.',
  'settings.missing-value': 'A flag that needs a value has none.',
  'settings.unexpected-value': 'A flag that takes no value was given one.',
  'settings.unexpected-argument': 'More than one application was named.',
  'settings.invalid': 'A value that cannot be read.',
  'settings.conflict': 'Two settings contradict each other.',
} as const;

export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;

export type Report = (code: DiagnosticCode, at: string, message: string, severity?: Diagnostic['severity']) => void;

/** As the terminal shows it. */
export function renderDiagnostic({ severity, at, message }: Diagnostic): string {
  return `portico: ${severity === 'warning' ? 'warning: ' : ''}${at}: ${message}\n`;
}
