/** The words of a command line of uWSGI, as getopt_long reads them, become the list of options; variables UWSGI_… come before them. */

import { nearestWord } from '../../nearest.ts';
import { atFlag, atVariable } from '../../place.ts';
import type { GivenOption, GivenWords, Option, WordSurroundings as Surroundings } from '../option.ts';
import { OptionList } from './gather-options.ts';
import { resolvePlaceholders } from './placeholders.ts';

/** Options of the language, which all have a value. */
const LANGUAGE =
  /^(?:ini|ya?ml|json|js|xml|xmlconfig|config|include|inherit|set|set-ph|set-placeholder|for|for-times|for-glob|for-readline|else|if-?(?:not-)?[\w-]+|i?print)$/;
/** Those of them that have a letter. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['-x', 'xml'],
  ['-y', 'yaml'],
  ['-j', 'json'],
  ['-S', 'set'],
]);
const VALUELESS = /^(?:end-?(?:if|for)?|if-(?:not-)?reload)$/;
/** Variables that uWSGI sets for its own processes. */
const OWN_VARIABLES = /^UWSGI_(?:RELOADS|VASSALS_DIR|EMPEROR_\w+|BROODLORD_NUM|JAIL_PID|ORIGINAL_PROC_NAME)$/;
const OFF = /^(?:false|off|no|0)$/i;

export function readCommandWords(
  options: readonly Option[],
  args: readonly string[],
  surroundings: Surroundings,
): GivenWords {
  const byName = new Map(options.flatMap((option) => option.names.map((name) => [name, option] as const)));
  const list = new OptionList(surroundings);
  for (const [name, value] of Object.entries(surroundings.env)) {
    if (name.startsWith('UWSGI_') && !OWN_VARIABLES.test(name)) {
      const key = name.slice('UWSGI_'.length).toLowerCase().replaceAll('_', '-');
      list.add({ key, value: value ?? '', place: atVariable(name) });
    }
  }
  readWords(args, byName, { list, surroundings });
  const { said: words, used } = resolvePlaceholders(list.said, surroundings);
  const given = new Map<Option, { texts: string[] } & GivenOption>();
  const isStrict = words.some(({ key, value }) => key === 'strict' && !OFF.test(value));
  for (const { key, value, place } of words) {
    const option = byName.get(`--${key}`);
    if (option !== undefined) {
      const said = place.kind === 'file' ? withoutRemark(value) : value;
      const text = option.value === undefined ? String(!OFF.test(said)) : said;
      const texts = [...(given.get(option)?.texts ?? []), text];
      given.set(option, { texts, place });
    } else if (!list.placeholders.has(key) && (isStrict || !used.has(key))) {
      const nearest = nearestWord(`--${key}`, byName.keys())?.replace(/^--/, '');
      const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
      const message = `uWSGI has no option "${key}".${hint}`;
      // What a container or a shell has in its environment may be for others.
      const severity = place.kind === 'variable' ? 'warning' : 'error';
      surroundings.report('dialect.unknown-key', place, message, severity);
    }
  }
  return { app: '', options: given, said: words };
}

function readWords(
  args: readonly string[],
  byName: ReadonlyMap<string, Option>,
  { list, surroundings }: { readonly list: OptionList; readonly surroundings: Surroundings },
): void {
  const rest = [...args];
  const take = (key: string, flag: string, { needs, inline }: { needs: boolean; inline: string | undefined }) => {
    // Where a value may be left out it is written behind `=`; a number stands for nothing else, and many write it behind a space.
    const isValue = needs || (mayHaveValue(byName.get(`--${key}`)) && /^\d+$/.test(rest[0] ?? ''));
    const value = inline ?? (isValue ? rest.shift() : '');
    if (value === undefined) {
      surroundings.report('dialect.missing-value', atFlag(flag), '');
    } else {
      list.add({ key, value, place: atFlag(flag) });
    }
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, long, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (long !== undefined) {
      const name = byName.has(`--${long}`) || LANGUAGE.test(long) ? long : fullName(long, byName);
      const option = byName.get(`--${name}`);
      const isKnown = option !== undefined || LANGUAGE.test(name);
      const needs = option === undefined ? isKnown && !VALUELESS.test(name) : option.value?.startsWith('[') === false;
      take(name, `--${long}`, { needs, inline });
    } else if (/^-[^-]/.test(word)) {
      rest.unshift(...readShort(word, byName, take));
    } else if (/[.:/]/.test(word)) {
      list.add(bareWord(word));
    } else {
      const message = 'this names neither a file of options nor an application, and is passed over, as by uWSGI.';
      surroundings.report('dialect.note', atFlag(word), message, 'warning');
    }
  }
}

function mayHaveValue(option: Option | undefined): boolean {
  return option?.value?.startsWith('[') === true;
}

/** Files have remarks behind numbers, switches and addresses (`processes = 4 ; at most`), which uWSGI passes over as atoi() does. In a text they would be a part of it. */
function withoutRemark(value: string): string {
  return /^(-?\d+|true|false|yes|no|on|off|[\w.*[\]:]*:\d+)\s+[;#]/i.exec(value)?.[1] ?? value;
}

type Take = (key: string, flag: string, how: { needs: boolean; inline: string | undefined }) => void;

/** `-p 4`, `-p4`, `-MT`. What comes back is still to be read. */
function readShort(word: string, byName: ReadonlyMap<string, Option>, take: Take): readonly string[] {
  const flag = word.slice(0, 2);
  const option = byName.get(flag);
  const language = LETTERS.get(flag);
  const key = language ?? option?.names.find((name) => name.startsWith('--'))?.slice(2) ?? flag;
  const tail = word.slice(2);
  if (language !== undefined || option?.value?.startsWith('[') === false) {
    take(key, flag, { needs: true, inline: tail === '' ? undefined : tail });
    return [];
  }
  take(key, flag, { needs: false, inline: undefined });
  return tail === '' ? [] : [`-${tail}`];
}

/** The one option that begins so; otherwise what was written. */
function fullName(begin: string, byName: ReadonlyMap<string, Option>): string {
  const found = [...byName.keys()].filter((name) => name.startsWith(`--${begin}`));
  return found.length === 1 ? (found[0] ?? '').slice(2) : begin;
}

/** A file of options, a Python file, or `module:callable`. */
function bareWord(word: string): { key: string; value: string; place: ReturnType<typeof atFlag> } {
  const place = atFlag(word);
  if (/\.(?:py|wsgi)(?::[^/]*)?$/.test(word)) {
    return { key: 'wsgi-file', value: word, place };
  }
  const isModule = /^[\w.]+:[\w.()]+$/.test(word) && !/\.ini:/.test(word);
  return { key: isModule ? 'module' : 'config', value: word, place };
}
