/** The plain kinds of values: texts, numbers, times, sizes, words of a choice. */

import { resolve } from 'node:path';
import { isEqual } from '../../kernel/is-equal.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Pattern, Template } from '../model/template.ts';
import { readOwnAddress } from '../own-address.ts';
import { parseDuration, parseSize } from '../setting-values.ts';
import type { JsonSchema, Kind, Path, Reading, TomlValue } from './kind.ts';
import { describe, FAULTY } from './kind.ts';
import { notePattern, noteRegex, noteTemplate } from './note-names.ts';
import { parseTemplateText, renderTemplateText, withDollars } from './template-text.ts';

interface Scalar<T> {
  readonly words: string;
  readonly schema: JsonSchema;
  /** The failure is the end of a sentence that begins with the value. */
  readonly parse: (value: TomlValue, folder: string) => Outcome<T>;
  readonly render: (value: T) => TomlValue;
  /** Tells of the names in a value, and of faults in its inside. */
  readonly note?: (value: T, path: Path, reading: Reading) => void;
}

/** A kind without parts: what holds around it does not matter for how it is read. */
export function scalar<T>({ words, schema, parse, render, note }: Scalar<T>): Kind<T> {
  return {
    words,
    schema,
    read: (value, path, reading) => {
      const parsed = parse(value, reading.folder);
      if (parsed.ok) {
        note?.(parsed.value, path, reading);
        return parsed.value;
      }
      reading.report(path, parsed.fault);
      return FAULTY;
    },
    write: (value, around) => (around !== undefined && isEqual(value, around) ? undefined : render(value)),
  };
}

export const TEXT: Kind<string> = scalar({
  words: 'a text',
  schema: { type: 'string' },
  parse: (value) =>
    typeof value === 'string' ? success(withDollars(value)) : failure(`${describe(value)} is not a text`),
  render: (text) => text,
});

/** A path, which is relative to the folder of the file. */
export const PATH: Kind<string> = scalar({
  words: 'a path',
  schema: { type: 'string' },
  parse: parsePath,
  render: (path) => path,
});

const OFF = 'off';

/** A path, or the word `off`; a file of that name is `./off`. */
export const PATH_OR_OFF: Kind<string> = scalar({
  words: 'a path or off',
  schema: { type: 'string' },
  parse: (value, folder) => (value === OFF ? success(OFF) : parsePath(value, folder)),
  render: (path) => path,
});

function parsePath(value: TomlValue, folder: string): Outcome<string> {
  return typeof value === 'string'
    ? success(absolute(withDollars(value), folder))
    : failure(`${describe(value)} is not a path`);
}

function absolute(path: string, folder: string): string {
  return path === '' ? '' : resolve(folder, path);
}

/** A path with variables. One that begins with a variable is taken as it comes out, and what stands behind `data:` is no path. */
export const PATH_TEMPLATE: Kind<Template> = scalar({
  words: 'a path with variables',
  schema: { type: 'string' },
  parse: (value, folder) =>
    typeof value === 'string'
      ? parseTemplateText(/^(?:\$|data:)/.test(value) ? value : absolutePrefix(value, folder))
      : failure(`${describe(value)} is not a path`),
  render: renderTemplateText,
  note: noteTemplate,
});

/** Dots and slashes stay as they are: behind a variable they mean something that is not known yet. */
function absolutePrefix(path: string, folder: string): string {
  return path === '' || path.startsWith('/') ? path : `${folder.replace(/\/$/, '')}/${path}`;
}

export const TEMPLATE: Kind<Template> = scalar({
  words: 'a text with variables',
  schema: { type: 'string' },
  parse: (value) =>
    typeof value === 'string' ? parseTemplateText(value) : failure(`${describe(value)} is not a text`),
  render: renderTemplateText,
  note: noteTemplate,
});

/** Where connections of ours come from. */
export const OWN_ADDRESS: Kind<Template> = scalar({
  words: 'an address of this machine, with or without a port, or a text with variables',
  schema: { type: 'string' },
  parse: (value) => {
    const read = typeof value === 'string' ? parseTemplateText(value) : failure(`${describe(value)} is not a text`);
    return read.ok && typeof read.value === 'string' && readOwnAddress(read.value) === undefined
      ? failure(
          `"${read.value}" is no address of this machine. Write one as 192.0.2.1, or [2001:db8::1]:8000 with a port`,
        )
      : read;
  },
  render: renderTemplateText,
  note: noteTemplate,
});

const CASELESS = '(?i)';

export const PATTERN: Kind<Pattern> = scalar({
  words: 'a regex',
  schema: { type: 'string', format: 'regex' },
  parse: (value) =>
    typeof value !== 'string'
      ? failure(`${describe(value)} is not a regex`)
      : success(
          value.startsWith(CASELESS)
            ? { text: value.slice(CASELESS.length), isCaseless: true }
            : { text: value, isCaseless: false },
        ),
  render: ({ text, isCaseless }) => `${isCaseless ? CASELESS : ''}${text}`,
  note: notePattern,
});

/** Whose groups nobody asks for, and which looks at case. */
export const REGEX: Kind<string> = scalar({
  words: 'a regex',
  schema: { type: 'string', format: 'regex' },
  parse: (value) =>
    typeof value === 'string' ? success(withDollars(value)) : failure(`${describe(value)} is not a regex`),
  render: (text) => text,
  note: (text, path, reading) => noteRegex({ text, isCaseless: false }, path, reading),
});

export const ZONE_NAME: Kind<string> = scalar({
  words: 'a text',
  schema: { type: 'string' },
  parse: (value) => (typeof value === 'string' ? success(value) : failure(`${describe(value)} is not a text`)),
  render: (text) => text,
  note: (name, path, reading) => reading.uses('zone', name, path),
});

export const FLAG: Kind<boolean> = {
  takesFalse: true,
  ...scalar<boolean>({
    words: '`true` or `false`',
    schema: { type: 'boolean' },
    parse: (value) => {
      // From the environment all that comes is text.
      const flag = value === 'true' ? true : value === 'false' ? false : value;
      return typeof flag === 'boolean' ? success(flag) : failure(`${describe(value)} is neither true nor false`);
    },
    render: (flag) => flag,
  }),
};

export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): Kind<number> {
  return scalar({
    words: most === Number.MAX_SAFE_INTEGER ? 'a number' : `${least} to ${most}`,
    schema: { type: 'integer', minimum: least, ...(most === Number.MAX_SAFE_INTEGER ? {} : { maximum: most }) },
    parse: (value) => {
      // From the environment all that comes is text.
      const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isInteger(number)) {
        return failure(`${describe(value)} is not a whole number`);
      }
      return number < least || number > most
        ? failure(`${number} is not between ${least} and ${most}`)
        : success(number);
    },
    render: (number) => number,
  });
}

const MS_UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** Seconds, or a text with a unit; in the model milliseconds. */
export const DURATION: Kind<number> = scalar({
  words: 'a time',
  schema: { type: ['number', 'string'] },
  parse: (value) =>
    typeof value === 'number' || typeof value === 'string'
      ? parseDuration(0)(String(value))
      : failure(`${describe(value)} is not a time`),
  render: (ms) => {
    const [unit, size] = MS_UNITS.find(([, each]) => ms > 0 && ms % each === 0) ?? ['ms', 1];
    return ms === 0 ? 0 : `${ms / size}${unit}`;
  },
});

const SIZE_UNITS = [
  ['G', 2 ** 30],
  ['M', 2 ** 20],
  ['K', 2 ** 10],
] as const;

/** Bytes, or a text with a unit. */
export const SIZE: Kind<number> = scalar({
  words: 'a size',
  schema: { type: ['integer', 'string'] },
  parse: (value) =>
    typeof value === 'number' || typeof value === 'string'
      ? parseSize('')(String(value))
      : failure(`${describe(value)} is not a size`),
  render: (bytes) => {
    const found = SIZE_UNITS.find(([, each]) => bytes > 0 && bytes % each === 0);
    return found === undefined ? bytes : `${bytes / found[1]}${found[0]}`;
  },
});

export function choice<T extends string>(...words: readonly T[]): Kind<T> {
  const listed = words.map((word) => `\`${word}\``);
  return scalar({
    words: listed.join(', '),
    schema: { enum: words },
    parse: (value) => {
      const found = words.find((word) => word === value);
      return found === undefined
        ? failure(`${describe(value)} is not one of ${words.map((word) => `"${word}"`).join(', ')}`)
        : success(found);
    },
    render: (word) => word,
  });
}
