/** A configuration file of gunicorn, which Python has evaluated: its values as the texts of options, and what is wrong with them. */

import { isEqual } from '../../kernel/is-equal.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Report } from '../diagnostic.ts';
import { NO_POOL } from '../gunicorn-habits.ts';
import { nearestWord } from '../nearest.ts';
import type { FilePlace } from '../place.ts';
import type { GunicornSetting, JsonValue, SettingKind } from './gunicorn-settings.ts';
import { GUNICORN_SETTINGS } from './gunicorn-settings.ts';
import type { GivenOption, GivenOptions, Option } from './option.ts';

/** What python/portico_worker/gunicorn/read_config.py has found. */
export interface EvaluatedFile {
  readonly values: Readonly<Record<string, JsonValue>>;
  /** Settings that are functions. */
  readonly calls: readonly string[];
  /** Settings that are something else, with the name of its type. */
  readonly odd: Readonly<Record<string, string>>;
  readonly lines: Readonly<Record<string, number>>;
  /** Names that are no settings. */
  readonly others: readonly string[];
  /** Its path; '' if it has none. */
  readonly file: string;
}

/** What a file says, by the names of settings. */
export interface SaidFile {
  readonly said: ReadonlyMap<string, GivenOption>;
  readonly values: ReadonlyMap<string, JsonValue>;
  readonly hooks: readonly string[];
}

const SETTINGS: ReadonlyMap<string, GunicornSetting> = new Map(GUNICORN_SETTINGS.map((row) => [row.name, row]));
/** gunicorn cannot be told of itself. */
const NOT_OF_FILES: ReadonlySet<string> = new Set(['config', 'check_config', 'print_config', 'default_proc_name']);

/** `path`: how the file is called in what is told. */
export function readEvaluatedFile(evaluated: EvaluatedFile, path: string, report: Report): SaidFile {
  const said = new Map<string, GivenOption>();
  const values = new Map<string, JsonValue>();
  const named: string[] = [];
  const placeOf = (name: string): FilePlace => ({
    ...{ kind: 'file', file: path, line: evaluated.lines[name] ?? 1, column: 1, length: name.length, key: name },
  });
  for (const name of evaluated.others) {
    const nearest = nearestWord(name, SETTINGS.keys());
    // `use_loglevel` beside `loglevel` is a name of the file's own.
    if (nearest !== undefined && !isSaid(evaluated, nearest)) {
      report('dialect.note', placeOf(name), `this is no setting. Did you mean ${nearest}?`, 'warning');
    }
  }
  for (const [name, type] of Object.entries(evaluated.odd)) {
    report('dialect.invalid', placeOf(name), `${expected(kindOf(name))} is expected, and this is ${article(type)}.`);
  }
  for (const [name, value] of Object.entries(evaluated.values)) {
    const read = readValue(kindOf(name), value);
    if (!read.ok) {
      report('dialect.invalid', placeOf(name), `${read.fault}.`);
    } else if (kindOf(name) === 'hook') {
      named.push(name);
    } else if (!NOT_OF_FILES.has(name)) {
      values.set(name, read.value);
      said.set(name, { texts: textsOf(read.value), place: placeOf(name) });
    }
  }
  for (const name of evaluated.calls.filter((call) => kindOf(call) !== 'hook' && kindOf(call) !== 'class')) {
    report('dialect.invalid', placeOf(name), `${expected(kindOf(name))} is expected, and this is a function.`);
  }
  const hooks = [...evaluated.calls.filter((name) => kindOf(name) === 'hook'), ...named];
  for (const name of hooks) {
    const wayOut = wayOutOfHook(name);
    if (wayOut !== undefined) {
      report('dialect.unsupported', placeOf(name), `${wayOut}.`);
    }
  }
  return { said, values, hooks };
}

function isSaid({ values, calls, odd }: EvaluatedFile, name: string): boolean {
  return Object.hasOwn(values, name) || Object.hasOwn(odd, name) || calls.includes(name);
}

/** As if each setting were an option. What says no more than the default does is not told of where it cannot be obeyed. */
export function optionsOfFile({ said, values }: SaidFile, options: readonly Option[]): GivenOptions {
  const given = new Map<Option, GivenOption>();
  for (const option of options) {
    const { key = '', treatment, isRepeatable } = option;
    const found = said.get(key);
    const isDefault = isEqual(values.get(key), SETTINGS.get(key)?.fallback ?? null);
    if (found !== undefined && found.texts.length > 0 && !(isDefault && treatment.kind !== 'setting')) {
      given.set(option, isRepeatable === true ? found : { ...found, texts: [found.texts.join(',')] });
    }
  }
  return given;
}

/** All settings as gunicorn's `cfg` has them. `given`: what options say, which win over the file. */
export function resolveSettings(
  given: GivenOptions,
  { values }: Pick<SaidFile, 'values'>,
  usual: Readonly<Record<string, JsonValue>>,
): Readonly<Record<string, JsonValue>> {
  const texts = new Map([...given].map(([{ key = '' }, said]) => [key, said.texts] as const));
  return Object.fromEntries(
    GUNICORN_SETTINGS.filter(({ kind }) => kind !== 'hook').map(({ name, kind, fallback = null }) => [
      name,
      valueOfTexts(kind, texts.get(name)) ?? values.get(name) ?? usual[name] ?? fallback,
    ]),
  );
}

function valueOfTexts(kind: SettingKind, texts: readonly string[] | undefined): JsonValue | undefined {
  // No option says a dictionary, and the file's own is at hand.
  if (texts === undefined || kind === 'dict') {
    return undefined;
  }
  const isList = kind === 'list' || kind === 'addresses' || kind === 'words';
  const read = readValue(kind, isList ? texts.flatMap((text) => text.split(',')) : (texts.at(-1) ?? ''));
  return read.ok ? read.value : (texts.at(-1) ?? '');
}

/** Undefined for a hook that is called. */
function wayOutOfHook(name: string): string | undefined {
  if (name === 'ssl_context') {
    return 'the server makes the TLS context itself, as certfile, keyfile, ca_certs, cert_reqs and ciphers say. Leave the function out';
  }
  return name.includes('dirty') ? NO_POOL : undefined;
}

function kindOf(name: string): SettingKind {
  return SETTINGS.get(name)?.kind ?? 'text';
}

/** As gunicorn checks a value, and what it makes of it. */
function readValue(kind: SettingKind, value: JsonValue): Outcome<JsonValue> {
  const wrong = () => failure(`${expected(kind)} is expected, and this is ${JSON.stringify(value)}`);
  switch (kind) {
    case 'int': {
      const number = typeof value === 'string' ? integerOf(value) : Number(value);
      const isNumber = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string';
      return isNumber && Number.isInteger(number) && number >= 0 ? success(number) : wrong();
    }
    case 'bool': {
      const text = typeof value === 'string' ? value.trim().toLowerCase() : value;
      if (text === null || typeof text === 'boolean') {
        return success(text ?? false);
      }
      return text === 'true' || text === 'false' ? success(text === 'true') : wrong();
    }
    case 'list':
    case 'addresses':
    case 'words':
      return readTexts(value) ?? wrong();
    case 'account':
      return value === null || typeof value === 'string' || Number.isInteger(value) ? success(value) : wrong();
    case 'dict':
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? success(value) : wrong();
    case 'hook':
      return typeof value === 'string' && value.includes('.') ? success(value) : wrong();
    case 'text':
    case 'class':
      return value === null || typeof value === 'string' ? success(value?.trim() ?? null) : wrong();
  }
}

function readTexts(value: JsonValue): Outcome<JsonValue> | undefined {
  if (value === null || value === '') {
    return success([]);
  }
  const all: JsonValue = typeof value === 'string' ? value.split(',') : value;
  return Array.isArray(all) && all.every((one: JsonValue) => typeof one === 'string')
    ? success(all.map((one: string) => one.trim()))
    : undefined;
}

/** As Python's `int(text, 0)`. */
function integerOf(text: string): number {
  return /^\s*(?:0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+|0+|[1-9]\d*)\s*$/.test(text) ? Number(text) : Number.NaN;
}

function textsOf(value: JsonValue): readonly string[] {
  if (value === null) {
    return [];
  }
  if (Array.isArray(value)) {
    return value.map(String);
  }
  return [typeof value === 'object' ? JSON.stringify(value) : String(value)];
}

function expected(kind: SettingKind): string {
  switch (kind) {
    case 'int':
      return 'a number from 0 on';
    case 'bool':
      return 'True or False';
    case 'list':
    case 'addresses':
    case 'words':
      return 'a text or a list of texts';
    case 'account':
      return 'a name or a number';
    case 'dict':
      return 'a dictionary';
    case 'hook':
      return 'a function';
    case 'class':
      return 'a class or its name';
    case 'text':
      return 'a text';
  }
}

function article(type: string): string {
  return `${/^[aeiou]/i.test(type) ? 'an' : 'a'} ${type}`;
}
