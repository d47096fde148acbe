/** The words of the command line, sorted into flags and the application, by the settings table. */

import type { Report } from './diagnostic.ts';
import { nearestWord } from './nearest.ts';
import { atFlag } from './place.ts';
import type { Setting } from './setting.ts';
import { SETTINGS } from './settings.ts';

export interface GivenArguments {
  readonly app: string;
  /** By flag, the texts in their order; a switch has 'yes' or 'no'. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

type FlagSetting = Setting<unknown>;

// Not imported: see docs/architecture.md, "What a start loads".
const { parseArgs } = process.getBuiltinModule('node:util');

export function readArguments(args: readonly string[], report: Report): GivenArguments {
  const settings = new Map<string, FlagSetting>(Object.values(SETTINGS).map((setting) => [setting.flag, setting]));
  const { tokens } = parseArgs({
    args: [...args],
    options: argumentOptions(settings),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const flags = new Map<string, string[]>();
  const apps: string[] = [];
  let strayAt = Number.NaN;
  for (const token of tokens) {
    if (token.kind === 'option') {
      const isUnderstood = readFlag(token, settings, flags, report);
      strayAt = isUnderstood
        ? strayAt
        : token.index + (token.value === undefined || token.inlineValue === true ? 1 : 2);
    } else if (token.kind === 'positional' && token.index !== strayAt) {
      // What follows a flag that was not understood is taken for its value, so that one slip is told once.
      apps.push(token.value);
    }
  }
  for (const extra of apps.slice(1)) {
    report(
      'settings.unexpected-argument',
      atFlag(extra),
      `one application can be served, and "${apps[0]}" was named before. Put flags' values right after their flags.`,
    );
  }
  return { app: apps[0] ?? '', flags };
}

interface FlagToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
}

/** False if what comes next may belong to it. */
function readFlag(
  token: FlagToken,
  settings: ReadonlyMap<string, FlagSetting>,
  flags: Map<string, string[]>,
  report: Report,
): boolean {
  const [setting, isNegated] = findSetting(token.name, settings);
  if (setting === undefined) {
    report('settings.unknown-flag', atFlag(token.rawName), suggestFlag(token.rawName, settings));
    return false;
  }
  if (setting.value === undefined && token.value !== undefined) {
    report('settings.unexpected-value', atFlag(token.rawName), 'this flag takes no value.');
  } else if (setting.value !== undefined && (token.value === undefined || looksLikeFlag(token.value, settings))) {
    report('settings.missing-value', atFlag(token.rawName), `a value is missing: ${token.rawName} ${setting.value}.`);
    return false;
  } else {
    const texts = flags.get(setting.flag) ?? [];
    texts.push(setting.value === undefined ? (isNegated ? 'no' : 'yes') : (token.value ?? ''));
    flags.set(setting.flag, texts);
  }
  return true;
}

function findSetting(name: string, settings: ReadonlyMap<string, FlagSetting>): [FlagSetting | undefined, boolean] {
  const setting = settings.get(name);
  if (setting !== undefined || !name.startsWith('no-')) {
    return [setting, false];
  }
  const positive = settings.get(name.slice('no-'.length));
  return positive?.isNegatable ? [positive, true] : [undefined, false];
}

function looksLikeFlag(text: string, settings: ReadonlyMap<string, FlagSetting>): boolean {
  return text.startsWith('--') && settings.has(text.slice(2).split('=')[0] ?? '');
}

function suggestFlag(rawName: string, settings: ReadonlyMap<string, FlagSetting>): string {
  const known = [...settings.values()].filter((setting) => !setting.isHidden).map((setting) => `--${setting.flag}`);
  const nearest = nearestWord(rawName, known);
  return `there is no such flag. ${nearest ? `Did you mean ${nearest}?` : '"portico serve --help" lists all.'}`;
}

function argumentOptions(
  settings: ReadonlyMap<string, FlagSetting>,
): NonNullable<Parameters<typeof parseArgs>[0]>['options'] {
  const options: Record<string, { type: 'string' | 'boolean'; multiple: true; short?: string }> = {};
  for (const { flag, value, short } of settings.values()) {
    options[flag] = {
      type: value === undefined ? 'boolean' : 'string',
      multiple: true,
      ...(short === undefined ? {} : { short }),
    };
  }
  return options;
}
