/**
 * What a value of portico.toml may be: how it is read, how it is written, what a JSON Schema says of it, and how the reference calls it. One object of this
 * shape for each sort of value, so that none of the four can forget what another knows.
 */

/** What TOML has, beside dates, which no setting is. */
export type TomlValue = string | number | boolean | readonly TomlValue[] | TomlTable;
export interface TomlTable {
  readonly [key: string]: TomlValue;
}

/** The keys and indexes that lead to a value. */
export type Path = readonly (string | number)[];

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A value that could not be read: its fault was reported. */
export const FAULTY: unique symbol = Symbol('faulty');

/** A file of another kind that is included by mistake has a fault in every line: who mends a thousand reads the next ones then. */
export const FAULTS_MAX = 1000;

/** What the reading of every value needs. */
export interface Reading {
  /** Hears of a fault: where, and one sentence without its full stop. `key`: of the name, not of what it is given. */
  report(path: Path, message: string, at?: 'key'): void;
  /** The folder that paths in the file are relative to. */
  readonly folder: string;
  /** Hears of a name that is defined further down, in another file, or nowhere. */
  uses(kind: UsedName, name: string, path: Path): void;
  /** Hears of a variable that the file defines. */
  defines(variable: string): void;
}

/** What a value may name. */
export type UsedName = 'variable' | 'zone';

export interface Kind<T> {
  /** `around`: what holds where nothing is said; what a table does not say it takes from there. */
  read(value: TomlValue, path: Path, reading: Reading, around: T | undefined): T | typeof FAULTY;
  /** Undefined: nothing has to be written for it, because it is what holds around it. */
  write(value: T, around: T | undefined): TomlValue | undefined;
  readonly schema: JsonSchema;
  /** The fields of a table, for the reference. */
  readonly parts?: readonly Part[];
  /** `false` is a value of this kind; of all others, it turns off what is on around it. */
  readonly takesFalse?: true;
  /** For the reference, as `a size` or `a list of addresses`. */
  readonly words: string;
}

export function isTable(value: TomlValue): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}

/** How a value is called in a message: `a table`, `"x"`. */
export function describe(value: TomlValue): string {
  if (typeof value === 'string') {
    return JSON.stringify(value);
  }
  if (typeof value === 'object') {
    return Array.isArray(value) ? 'a list' : value instanceof Date ? 'a date' : 'a table';
  }
  return String(value);
}

/** What the reference says of a field. */
export interface Part {
  readonly name: string;
  readonly doc: string;
  readonly kind: Pick<Kind<never>, 'words' | 'parts'>;
}
