/** Faults of a foreign command line, told as the program itself would tell them. */

import type { Diagnostic } from '../../config/diagnostic.ts';
import type { DiagnosticCode } from '../../config/diagnostic-codes.ts';
import type { Dialect } from '../../config/dialects/option.ts';
import { optionNames } from '../../config/dialects/option-arguments.ts';
import { renderPlace } from '../../config/place.ts';
import type { LogLevel } from '../../config/serve-options.ts';

type Words = Partial<Record<DiagnosticCode, (at: string, message: string) => string>>;

const CLICK: Words = {
  'dialect.unknown-option': (at, message) => `No such option: ${at} ${message}`.trimEnd(),
  'dialect.missing-value': (at) => `Option '${at}' requires an argument.`,
  'dialect.unexpected-value': (at) => `Option '${at}' does not take a value.`,
  'dialect.unexpected-argument': (at) => `Got unexpected extra argument (${at})`,
  'dialect.missing-application': (at) => `Missing argument '${at}'.`,
  'dialect.invalid': (at, message) => `Invalid value for '${at}': ${message}`,
  'dialect.unsupported': (at, message) => `Option '${at}' is not supported: ${message}`,
};

const ARGPARSE: Words = {
  'dialect.unknown-option': (at, message) => `unrecognized arguments: ${at} ${message}`.trimEnd(),
  'dialect.ambiguous-option': (at, message) => `ambiguous option: ${at}: ${message}`,
  'dialect.missing-value': (at) => `argument ${at}: expected one argument`,
  'dialect.unexpected-value': (at) => `argument ${at}: takes no value`,
  'dialect.unexpected-argument': (at) => `unrecognized arguments: ${at}`,
  'dialect.missing-application': (at) => `the following arguments are required: ${at}`,
  'dialect.invalid': (at, message) => `argument ${at}: ${message}`,
  'dialect.unsupported': (at, message) => `argument ${at}: not supported: ${message}`,
};

/** What is only worth knowing is left out where the log has no such lines either, or where there are errors. */
export function renderDialectDiagnostics(
  dialect: Dialect,
  diagnostics: readonly Diagnostic[],
  logLevel: LogLevel | undefined,
): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const others = diagnostics.filter(
    ({ severity }) => severity === 'warning' || (severity === 'info' && tells(logLevel)),
  );
  const lines = others.map(
    ({ severity, place, message }) => `portico: ${severity}: ${renderPlace(place)}: ${message}\n`,
  );
  return [...lines, ...(errors.length > 0 ? [renderUsage(dialect)] : []), ...renderErrors(dialect, errors)].join('');
}

export function renderUsage({ name, manner, application }: Dialect): string {
  return manner === 'click'
    ? `Usage: portico ${name} [OPTIONS] ${application}\nTry 'portico ${name} --help' for help.\n\n`
    : `usage: portico ${name} [-h] [options] ${application}\n`;
}

function renderErrors(dialect: Dialect, errors: readonly Diagnostic[]): string[] {
  const words = dialect.manner === 'click' ? CLICK : ARGPARSE;
  const before = dialect.manner === 'click' ? 'Error: ' : `portico ${dialect.name}: error: `;
  return errors.map(({ code, place, message }) => {
    const at = renderPlace(place);
    const text = words[code]?.(fullName(dialect, at), message) ?? `${at}: ${message}`;
    return `${before}${text}\n`;
  });
}

/** argparse speaks of `-p/--port`, click of `--port`. */
function fullName(dialect: Dialect, at: string): string {
  const option = dialect.options.find((row) => optionNames(row).includes(at));
  return option === undefined || dialect.manner === 'click' ? at : option.names.join('/');
}

function tells(logLevel: LogLevel | undefined): boolean {
  return logLevel === 'info' || logLevel === 'debug';
}
