/** What is wrong with a foreign command line, as data: the command tells it in the manner of the program that is spoken. */

import type { DiagnosticCode } from '../diagnostic.ts';

export const DIALECT_CODES = {
  'dialect.unknown-option': 'An option that the program does not have.',
  'dialect.ambiguous-option': 'The beginning of several options.',
  'dialect.missing-value': 'An option that needs a value has none.',
  'dialect.unexpected-value': 'A switch was given a value.',
  'dialect.unexpected-argument': 'More than one application was named.',
  'dialect.missing-application': 'No application was named.',
  'dialect.invalid': 'A value that cannot be read.',
  'dialect.unsupported': 'An option of the program that is not supported here; the message names the way out.',
  'dialect.conflict': 'Two options contradict each other.',
  'dialect.file': 'The configuration file cannot be read.',
  'dialect.unknown-key': 'A key of the configuration file that the program does not have.',
  'dialect.unknown-variable': 'An environment variable that begins like those of the program and names no option.',
  'dialect.meaningless': 'An option of the program that has no meaning here; the message says why.',
  'dialect.note': 'What a value means here.',
} as const;

export type DialectCode = keyof typeof DIALECT_CODES;

export interface DialectFault {
  readonly severity: 'error' | 'warning' | 'info';
  /** Those of the settings are of variables that begin with PORTICO_. */
  readonly code: DialectCode | DiagnosticCode;
  /** Where it was said. */
  readonly at: string;
  /** May be empty where the code says all. */
  readonly message: string;
}

export type DialectReport = (
  code: DialectFault['code'],
  at: string,
  message: string,
  severity?: DialectFault['severity'],
) => void;
