/** The stable names of everything that can be wrong with what an operator says: a table for each area. Messages may change, these do not. */

export const SETTINGS_CODES = {
  'settings.unknown-flag': 'A flag that does not exist.',
  'settings.unknown-variable': 'An environment variable that begins with PORTICO_ and names no setting.',
  'settings.missing-value': 'A flag that needs a value has none.',
  'settings.unexpected-value': 'A flag that takes no value was given one.',
  'settings.unexpected-argument': 'More than one application was named.',
  'settings.invalid': 'A value that cannot be read.',
  'settings.conflict': 'Two settings contradict each other.',
} as const;

/** Of the command lines of other programs. */
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

/** Of portico.toml. */
export const TOML_CODES = {
  'toml.file': 'A file that cannot be read, or that includes itself.',
  'toml.syntax': 'The text is not TOML.',
  'toml.value': 'A key that does not exist, one that is missing, or a value that cannot be read.',
  'toml.conflict': 'Two things that are said contradict each other.',
} as const;

export type DiagnosticCode = keyof typeof SETTINGS_CODES | keyof typeof DIALECT_CODES | keyof typeof TOML_CODES;
