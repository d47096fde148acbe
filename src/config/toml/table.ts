/** Kinds that have parts: lists, tables with fields of their own, tables whose keys are names. */

import { isEqual } from '../../kernel/is-equal.ts';
import type { JsonSchema, Kind, Path, Reading, TomlValue } from './kind.ts';
import { describe, FAULTY, isTable } from './kind.ts';
import { knownKeys, tellUnknownKeys } from './unknown-keys.ts';

/** What a change of a setting takes: nothing but a new plan, other sockets, other workers, or another edge. */
export type Changes = 'live' | 'rebind' | 'app' | 'edge';

export interface Field<T> {
  /** In the file. */
  readonly name: string;
  readonly kind: Kind<NonNullable<T>>;
  /** What holds where nothing is said; undefined: the feature is off, or the value unset. */
  readonly fallback: T;
  readonly doc: string;
  readonly changes: Changes;
  /** Something has to be said. */
  readonly isRequired?: boolean;
  /** A feature that is on without a word: `false` turns it off. Those that are off without a word can be turned off anyhow. */
  readonly canBeOff?: boolean;
}

/** A field for each property of the model's type: none can be forgotten, for this would not compile. */
export type Fields<T> = { readonly [K in keyof T]-?: Field<T[K]> };

export function fieldsOf(fields: object): readonly Field<unknown>[] {
  return Object.values(fields) as Field<unknown>[];
}

export function field<T>(
  name: string,
  kind: Kind<NonNullable<T>>,
  fallback: T,
  doc: string,
  changes: Changes = 'live',
): Field<T> {
  return { name, kind, fallback, doc, changes };
}

export function required<T>(name: string, kind: Kind<NonNullable<T>>, fallback: T, doc: string): Field<T> {
  return { name, kind, fallback, doc, changes: 'live', isRequired: true };
}

export function fallbacks<T>(fields: Fields<T>): T {
  const entries = Object.entries<Field<unknown>>(fields).map(([key, { fallback }]) => [key, fallback]);
  // By the type of the table each property has the fallback of its own type; what is unset is left out, as the model has it.
  return Object.fromEntries(entries.filter(([, fallback]) => fallback !== undefined)) as T;
}

interface TableOptions<T> {
  readonly words?: string;
  /** A value that is no table and stands for one: `files = "/srv"` for `files = { root = "/srv" }`. */
  readonly short?: { readonly name: string; readonly isShort: (value: TomlValue) => boolean };
  readonly check?: (value: T, path: Path, reading: Reading) => void;
}

/** A table whose keys are known. What it does not say it takes from the one around it, key by key. */
export function table<T extends object>(fields: Fields<T>, options: TableOptions<T> = {}): Kind<T> {
  const rows = Object.entries<Field<unknown>>(fields);
  const known = knownKeys(rows.map(([, each]) => each));
  const { short } = options;
  const schema = tableSchema(rows);
  return {
    words: options.words ?? 'a table',
    schema: short === undefined ? schema : { anyOf: [schema, schemaOf(rows, short.name)] },
    parts: rows.map(([, each]) => each),
    read: (value, path, reading, around) => {
      const given = short?.isShort(value) ? { [short.name]: value } : value;
      if (!isTable(given)) {
        reading.report(path, `${describe(value)} is not a table`);
        return FAULTY;
      }
      let isWhole = tellUnknownKeys(given, known, path, reading);
      const result: Record<string, unknown> = {};
      const holds = (around ?? fallbacks(fields)) as Record<string, unknown>;
      for (const [key, each] of rows) {
        const said = { value: given[each.name], holds: holds[key], isAlone: around === undefined };
        const read = readField(each, said, [...path, each.name], reading);
        isWhole &&= read !== FAULTY;
        if (read !== undefined) {
          result[key] = read;
        }
      }
      // Each property was read by the kind of its own type.
      const whole = result as T;
      if (isWhole) {
        options.check?.(whole, path, reading);
      }
      return isWhole ? whole : FAULTY;
    },
    write: (value, around) => {
      const holds = (around ?? fallbacks(fields)) as Record<string, unknown>;
      const written: Record<string, TomlValue> = {};
      for (const [key, each] of rows) {
        const isNeeded = each.isRequired === true && around === undefined;
        const own = writeField(each, (value as Record<string, unknown>)[key], isNeeded ? undefined : holds[key]);
        if (own !== undefined) {
          written[each.name] = own;
        }
      }
      const given = Object.keys(written);
      if (given.length === 0 && around !== undefined) {
        return undefined;
      }
      const only = short === undefined || given.length !== 1 ? undefined : written[short.name];
      return only !== undefined && short?.isShort(only) ? only : written;
    },
  };
}

function schemaOf(rows: readonly (readonly [string, Field<unknown>])[], name: string): JsonSchema {
  return rows.find(([, each]) => each.name === name)?.[1].kind.schema ?? {};
}

interface Said {
  readonly value: TomlValue | undefined;
  /** What holds where nothing is said. */
  readonly holds: unknown;
  /** No table stands around this one. */
  readonly isAlone: boolean;
}

function readField(field: Field<unknown>, { value, holds, isAlone }: Said, path: Path, reading: Reading): unknown {
  const { kind, isRequired = false, name } = field;
  if (value === undefined) {
    if (isRequired && isAlone) {
      reading.report(path.slice(0, -1), `"${name}" is missing`);
      return FAULTY;
    }
    return holds;
  }
  if (value === false && isOptional(field) && !isRequired) {
    return undefined;
  }
  return kind.read(value, path, reading, isAlone ? undefined : (holds ?? undefined));
}

/** `false` turns the feature off. */
function isOptional({ kind, fallback, canBeOff = fallback === undefined }: Field<unknown>): boolean {
  return canBeOff && kind.takesFalse !== true;
}

function writeField(field: Field<unknown>, value: unknown, holds: unknown): TomlValue | undefined {
  const { kind, fallback, canBeOff = fallback === undefined } = field;
  if (isEqual(value, holds)) {
    return undefined;
  }
  if (value === undefined) {
    // Around it the feature is on.
    return canBeOff ? false : undefined;
  }
  return kind.write(value as NonNullable<unknown>, holds ?? undefined);
}

function tableSchema(rows: readonly (readonly [string, Field<unknown>])[]): JsonSchema {
  const properties = rows.map(([, field]) => {
    const { name, kind, doc } = field;
    const schema = isOptional(field) ? { anyOf: [kind.schema, { const: false }] } : kind.schema;
    return [name, { description: doc, ...schema }];
  });
  const needed = rows.filter(([, { isRequired }]) => isRequired === true).map(([, { name }]) => name);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
    ...(needed.length === 0 ? {} : { required: needed }),
  };
}

/** A list; one value alone stands for a list of it. */
export function list<T>(kind: Kind<T>, words: string = `a list: ${kind.words}`): Kind<readonly T[]> {
  return {
    words,
    schema: { anyOf: [{ type: 'array', items: kind.schema }, kind.schema] },
    ...(kind.parts === undefined ? {} : { parts: kind.parts }),
    read: (value, path, reading) => {
      const values = Array.isArray(value) ? (value as readonly TomlValue[]) : [value];
      const read = values.map((each, index) =>
        kind.read(each, Array.isArray(value) ? [...path, index] : path, reading, undefined),
      );
      return read.includes(FAULTY) ? FAULTY : (read as T[]);
    },
    write: (values, around) =>
      around !== undefined && isEqual(values, around)
        ? undefined
        : values.map((each) => kind.write(each, undefined) ?? {}),
  };
}

/** A table whose keys are names of the operator's choice. */
export function record<T>(kind: Kind<T>, words: string): Kind<Readonly<Record<string, T>>> {
  const entries = pairs(kind, words);
  return {
    ...entries,
    read: (value, path, reading) => {
      const read = entries.read(value, path, reading, undefined);
      return read === FAULTY ? FAULTY : Object.fromEntries(read);
    },
    write: (values, around) =>
      around !== undefined && isEqual(values, around) ? undefined : entries.write(Object.entries(values), undefined),
  };
}

/** The same, where the order of the keys says something. */
export function pairs<T>(kind: Kind<T>, words: string): Kind<readonly (readonly [string, T])[]> {
  return {
    words,
    schema: { type: 'object', additionalProperties: kind.schema },
    read: (value, path, reading) => {
      if (!isTable(value)) {
        reading.report(path, `${describe(value)} is not a table`);
        return FAULTY;
      }
      const read = Object.entries(value).map(
        ([name, each]) => [name, kind.read(each, [...path, name], reading, undefined)] as const,
      );
      return read.some(([, each]) => each === FAULTY) ? FAULTY : (read as [string, T][]);
    },
    write: (values, around) =>
      around !== undefined && isEqual(values, around)
        ? undefined
        : Object.fromEntries(values.map(([name, each]) => [name, kind.write(each, undefined) ?? {}])),
  };
}
