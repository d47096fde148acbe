/**
 * A foreign command line becomes what `portico serve` would have been asked for. Options win over variables and the configuration file
 * of the program, those over PORTICO_* variables, those over the program's defaults, and those over ours. All faults are told at once.
 */

import type { Outcome } from '../../kernel/outcome.ts';
import { repeatedAddresses } from '../bind-address.ts';
import type { Diagnostic, Report } from '../diagnostic.ts';
import { isFaulty } from '../diagnostic.ts';
import { nearestWord } from '../nearest.ts';
import { atFlag, atKey, atVariable } from '../place.ts';
import { readServeRequest } from '../read.ts';
import type { ServeOptions, ServeRequest } from '../serve-options.ts';
import type { Machine } from '../setting.ts';
import { environmentName } from '../setting.ts';
import { SETTINGS } from '../settings.ts';
import type { Dialect, Draft, GivenOption, GivenOptions, Option } from './option.ts';
import { readOptionArguments } from './option-arguments.ts';
import { readBoolean } from './option-values.ts';
import { splitWords } from './split-words.ts';

export interface DialectReading {
  /** Undefined when there are errors. */
  readonly request: ServeRequest | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** What was said of each option, by whatever won. */
  readonly given: GivenOptions;
}

/** Reads a file of the operator's; the fault is a sentence without its end. */
export type ReadText = (path: string) => Outcome<string>;

export interface DialectSurroundings {
  readonly machine: Machine;
  readonly readText: ReadText;
  /** Of a file that was read already. */
  readonly said?: GivenOptions;
}

/** Variables that `portico serve` reads and these programs do not, or read in their own way. */
const OTHER_VARIABLES = new Set(['PORT', 'WEB_CONCURRENCY']);

export function readDialect(
  dialect: Dialect,
  args: readonly string[],
  { machine, readText, said = new Map() }: DialectSurroundings,
): DialectReading {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (code, place, message, severity = 'error') => {
    diagnostics.push({ severity, code, place, message });
  };
  const words =
    dialect.readWords?.(args, { env: machine.env, readText, report }) ?? readOptionArguments(dialect, args, report);
  const variables = readVariables(dialect, machine, report);
  const given = new Map([
    ...variables,
    ...readFile(dialect, words.options, { readText, report }),
    ...said,
    ...readMoreArguments(dialect, machine, report),
    ...words.options,
  ]);
  const draft = readOptions(dialect, given, report);
  const app = words.app ?? (machine.env[dialect.applicationVariable ?? ''] || draft.target);
  if (app === undefined) {
    report('dialect.missing-application', atFlag(dialect.application), '');
  }
  const base = readBase(machine, report);
  const defaults = dialect.defaults(machine);
  if (!defaults.ok) {
    report('dialect.invalid', atVariable(defaults.fault.at), `${defaults.fault.message}.`);
  }
  const completed = dialect.complete({ draft, app: app ?? '', machine, said: words.said ?? [] }, report);
  const options =
    base === undefined || !defaults.ok
      ? undefined
      : {
          ...base,
          ...unlessSet(defaults.value, machine),
          ...completed.options,
          env: new Map([...(completed.options.env ?? []), ...base.env]),
        };
  if (options !== undefined) {
    checkOptions(options, report);
  }
  const { app: target, options: _, process: ofProcess, ...rest } = completed;
  const process = { ...(dialect.serverManner === undefined ? {} : { manner: dialect.serverManner }), ...ofProcess };
  const request =
    isFaulty(diagnostics) || options === undefined ? undefined : { app: target, options, process, ...rest };
  return { request, diagnostics, given };
}

/** What `portico serve` would take from PORTICO_* variables, and its defaults. */
function readBase({ env, ...machine }: Machine, report: Report): ServeOptions | undefined {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !OTHER_VARIABLES.has(name)));
  const { request, diagnostics } = readServeRequest([], { ...machine, env: own });
  for (const { code, place, message, severity } of diagnostics) {
    report(code, place, message, severity);
  }
  return request?.options;
}

/** Defaults of the other program, but for settings for which a PORTICO_* variable is set: that was said for this server. */
function unlessSet(defaults: Partial<ServeOptions>, { env }: Machine): Partial<ServeOptions> {
  const isSet = (key: string) => {
    const row = SETTINGS[key as keyof ServeOptions];
    return (env[environmentName(row.flag)] ?? '') !== '';
  };
  return Object.fromEntries(Object.entries(defaults).filter(([key]) => !isSet(key)));
}

function readVariables(dialect: Dialect, { env }: Machine, report: Report): Map<Option, GivenOption> {
  const given = new Map<Option, GivenOption>();
  const known = new Set([dialect.applicationVariable]);
  for (const option of dialect.options) {
    const text = env[option.variable ?? ''] ?? '';
    known.add(option.variable);
    if (option.variable !== undefined && text !== '') {
      const texts = option.isRepeatable ? text.split(/\s+/).filter((part) => part !== '') : [text];
      given.set(option, { texts, place: atVariable(option.variable) });
    }
  }
  const variables = [...known].flatMap((name) => name ?? []);
  const prefix = `${dialect.name.toUpperCase()}_`;
  const strangers = variables.length === 0 ? [] : Object.keys(env).filter((name) => name.startsWith(prefix));
  for (const name of strangers.filter((stranger) => !known.has(stranger))) {
    const nearest = nearestWord(name, variables);
    const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
    report('dialect.unknown-variable', atVariable(name), `this is no option and has no effect.${hint}`, 'warning');
  }
  return given;
}

/** Options only: what is served is said on the command line. */
function readMoreArguments(dialect: Dialect, { env }: Machine, report: Report): GivenOptions {
  const name = dialect.argumentsVariable ?? '';
  const words = splitWords(env[name] ?? '');
  if (!words.ok) {
    report('dialect.invalid', atVariable(name), `${words.fault}.`);
    return new Map();
  }
  const { app, options } = readOptionArguments(dialect, words.value, report);
  if (app !== undefined) {
    const message = `${app} is no option: the application is named on the command line, or nowhere.`;
    report('dialect.note', atVariable(name), message, 'warning');
  }
  return options;
}

function readFile(
  { options, file }: Dialect,
  words: GivenOptions,
  { readText, report }: { readonly readText: ReadText; readonly report: Report },
): Map<Option, GivenOption> {
  const given = new Map<Option, GivenOption>();
  const option = options.find(({ names }) => file !== undefined && names.includes(file.option));
  const path = option === undefined ? undefined : words.get(option)?.texts.at(-1);
  // A path that the option itself refuses has been told of.
  if (
    file === undefined ||
    option?.treatment.kind !== 'setting' ||
    path === undefined ||
    !option.treatment.read([path]).ok
  ) {
    return given;
  }
  const text = readText(path);
  if (!text.ok) {
    report('dialect.file', atFlag(path), `${text.fault}.`);
    return given;
  }
  const entries = file.read(text.value);
  if (!entries.ok) {
    const { line, column, message } = entries.fault;
    report('dialect.file', { kind: 'file', file: path, line, column, length: 1 }, `${message}.`);
    return given;
  }
  const byKey = new Map(options.flatMap((row) => (row.key === undefined ? [] : [[row.key, row] as const])));
  for (const [key, texts] of entries.value) {
    const row = byKey.get(key);
    if (row === undefined) {
      const nearest = nearestWord(key, byKey.keys());
      const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
      report('dialect.unknown-key', atKey(path, text.value, key), `there is no such key.${hint}`);
    } else if (texts.length > 0) {
      given.set(row, { texts, place: atKey(path, text.value, key) });
    }
  }
  return given;
}

/** The options' values in the order of the table, whatever the order of the command line. */
function readOptions({ options }: Dialect, given: GivenOptions, report: Report): Draft {
  let draft: Draft = {};
  for (const option of options) {
    const said = given.get(option);
    if (said !== undefined) {
      const { env, notes = [], ...rest } = readOption(option, said, report);
      for (const note of notes) {
        report('dialect.note', said.place, `${note}.`, 'info');
      }
      draft = { ...draft, ...rest, ...(env === undefined ? {} : { env: new Map([...(draft.env ?? []), ...env]) }) };
    }
  }
  return draft;
}

function readOption(option: Option, { texts, place }: GivenOption, report: Report): Draft {
  const { treatment } = option;
  if (option.value === undefined) {
    const isOn = readBoolean(texts.at(-1) ?? '');
    if (!isOn.ok) {
      report('dialect.invalid', place, `${isOn.fault}.`);
      return {};
    }
    if (!isOn.value && treatment.kind !== 'setting') {
      return {};
    }
    return treat(option, { texts: [String(isOn.value)], place }, report);
  }
  return treat(option, { texts, place }, report);
}

function treat({ treatment }: Option, { texts, place }: GivenOption, report: Report): Draft {
  switch (treatment.kind) {
    case 'meaningless':
      report('dialect.meaningless', place, `${treatment.reason}.`, 'info');
      return {};
    case 'unsupported':
      report('dialect.unsupported', place, `${treatment.wayOut}.`);
      return {};
    case 'setting': {
      const read = treatment.read(texts);
      if (!read.ok) {
        report('dialect.invalid', place, `${read.fault}.`);
        return {};
      }
      return read.value;
    }
  }
}

function checkOptions(options: ServeOptions, report: Report): void {
  const binds = [...options.binds, ...options.insecureBinds];
  for (const address of repeatedAddresses(binds)) {
    report('dialect.conflict', atFlag(address), 'this address is given twice. Leave one out.');
  }
  if (options.maxRequestsJitter > 0 && options.maxRequests === 0) {
    report('dialect.conflict', atFlag('jitter'), 'it does nothing without the number of requests itself.', 'warning');
  }
  const isReading = options.forwardedFields !== 'none' && options.forwardedAllowIps.length === 0;
  if (isReading && binds.some(({ kind }) => kind === 'unix')) {
    report(
      'dialect.note',
      atFlag('Unix socket'),
      'its peer is believed when it says who the client is: a program of this machine, most likely a proxy.',
      'info',
    );
  }
}
