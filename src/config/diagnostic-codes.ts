import type { TrapCode } from './dialects/nginx/traps/trap-codes.ts';

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

/** Of nginx's files. */
export const NGINX_CODES = {
  'nginx.unexpected': 'A character or a brace where none can be.',
  'nginx.unexpected-end': 'The file ends in the middle of a directive, of a block or of a quoted word.',
  'nginx.too-long': 'A word or a comment that is longer than nginx reads.',
  'nginx.nul': 'A NUL byte, at which nginx would cut the text.',
  'nginx.missing-semicolon': 'A directive is not ended by a semicolon before the next one begins.',
  'nginx.suspicious': 'nginx would accept it, but it most likely says something else than is meant.',
  'nginx.missing-brace': 'A block directive without its opening brace.',
  'nginx.unexpected-block': 'A directive that has no block is followed by an opening brace.',
  'nginx.nested-too-deep': 'Blocks within blocks, more than anybody writes.',
  'nginx.unknown-directive': 'A directive that neither nginx nor a well-known module has.',
  'nginx.not-allowed-here': 'A directive in a block in which it may not be.',
  'nginx.argument-count': 'A directive with too few or too many arguments.',
  'nginx.invalid-value': 'A value that cannot be read.',
  'nginx.account': 'A user or a group that the system does not have.',
  'nginx.duplicate': 'A directive, or a value of one, that may be given once is given twice.',
  'nginx.unknown-variable': 'A variable that nothing defines.',
  'nginx.invalid-variable': 'A dollar that no name follows, or a name whose bracket is not closed.',
  'nginx.conflict': 'Two things that are said contradict each other.',
  'nginx.missing-section': 'A block that every configuration must have is not there.',
  'nginx.file': 'A file that is included, or the configuration itself, cannot be read.',
  'nginx.include-cycle': 'A file includes itself, perhaps by way of others.',
  'nginx.too-much': 'More files or bytes than a configuration has.',
  'nginx.own-file': "A file that usually comes with nginx is missing, and Portico's own of that name is taken.",
  'nginx.deprecated': 'Something that nginx has replaced by something else.',
  'nginx.accepted': 'A directive that has no effect here, and does no harm.',
  'nginx.later':
    'A directive that is understood, but whose feature is not there yet; the hint says what happens instead.',
  'nginx.refused': 'A directive that cannot be left out without misleading somebody, and that is not supported.',
} as const;

export type NginxCode = keyof typeof NGINX_CODES;
/** Of what files of certificates hold, whichever language names them. */
export const TLS_CODES = {
  'tls.certificate': 'A certificate, its key or an authority that cannot be used, or that clients would refuse.',
} as const;

export type DiagnosticCode =
  | keyof typeof SETTINGS_CODES
  | keyof typeof DIALECT_CODES
  | keyof typeof TOML_CODES
  | keyof typeof TLS_CODES
  | NginxCode
  | TrapCode;
