/**
 * The one ordered list of options: of the command line, and of each file where it is named. What uWSGI does while it makes its list is done
 * here: magic variables, files in files, `for` and the conditions (which do not nest, and see values before placeholders are resolved).
 */

import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import type { WordSurroundings as Surroundings } from '../option.ts';
import type { MagicVariables } from './magic-variables.ts';
import { magicVariablesOf, putMagic } from './magic-variables.ts';
import { parseIni } from './parse-ini.ts';
import type { SaidOption } from './said-option.ts';

/** Files in files. */
const DEPTH_MAX = 16;
/** All options, those that loops make included. */
const OPTIONS_MAX = 10_000;
export const FILE_KEYS: ReadonlySet<string> = new Set([
  'ini',
  'include',
  'inherit',
  'config',
  'yaml',
  'yml',
  'json',
  'js',
  'xml',
  'xmlconfig',
]);
const ENDS: ReadonlySet<string> = new Set(['end', 'endfor', 'end-for', 'endif', 'end-if']);
const OTHER_LANGUAGES = /\.(?:ya?ml|json|js|xml)(?::[^/]*)?$/;

/** What stands between a `for` or an `if` and its end. `texts`: what `%(_)` is, once for each time that an option counts. */
interface Block {
  readonly texts: readonly string[];
}

export class OptionList {
  readonly said: SaidOption[] = [];
  /** Names that `set-ph` made. */
  readonly placeholders: Set<string> = new Set<string>();
  readonly #surroundings: Surroundings;
  #block: Block | undefined;
  #hasFailed = false;
  #first: MagicVariables | undefined;
  #lastFile = '';
  #depth = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  add(option: SaidOption): void {
    const { key, value, place } = option;
    if (ENDS.has(key)) {
      this.#block = undefined;
      this.#hasFailed = false;
    } else if (key === 'else') {
      this.#block = { texts: this.#hasFailed ? [''] : [] };
    } else if (this.#block === undefined) {
      this.#take(option);
    } else {
      for (const text of this.#block.texts) {
        this.#take({ key, value: value.replaceAll('%(_)', () => text), place });
      }
    }
  }

  #take(option: SaidOption): void {
    const { key, value, place } = option;
    const { report } = this.#surroundings;
    if (this.said.length >= OPTIONS_MAX) {
      if (this.said.length === OPTIONS_MAX) {
        this.said.push(option);
        report('dialect.invalid', place, `there are more than ${OPTIONS_MAX} options of uWSGI.`);
      }
      return;
    }
    const texts = this.#textsOf(key, value);
    if (texts !== undefined) {
      if (this.#block !== undefined) {
        report('dialect.invalid', place, 'for and if do not stand in one another, in uWSGI as here.');
      }
      this.#hasFailed = key !== 'for' && texts.length === 0;
      this.#block = { texts };
    } else if (key === 'set' || key === 'set-ph' || key === 'set-placeholder' || key === 'S') {
      this.#set(option);
    } else if (FILE_KEYS.has(key)) {
      this.#load(option);
    } else {
      this.said.push(option);
    }
  }

  #set({ key, value, place }: SaidOption): void {
    const at = value.indexOf('=');
    if (at < 1) {
      this.#surroundings.report('dialect.invalid', place, `"${value}" is not of the form NAME=VALUE.`);
      return;
    }
    const name = value.slice(0, at).trim();
    if (key !== 'set' && key !== 'S') {
      this.placeholders.add(name);
    }
    this.said.push({ key: name, value: value.slice(at + 1).trim(), place });
  }

  #load({ value, place }: SaidOption): void {
    const { report, readText } = this.#surroundings;
    const colon = value.lastIndexOf(':');
    const file = colon < 0 ? value : value.slice(0, colon) || this.#lastFile;
    const section = colon < 0 ? '' : value.slice(colon + 1);
    if (OTHER_LANGUAGES.test(value)) {
      report('dialect.unsupported', place, `${value}: files in YAML, JSON and XML are not read yet. Write it as ini.`);
      return;
    }
    if (this.#depth >= DEPTH_MAX) {
      report('dialect.file', place, `files of uWSGI name one another more than ${DEPTH_MAX} deep.`);
      return;
    }
    const text = readText(file);
    if (!text.ok) {
      report('dialect.file', place, `${file}: ${text.fault}.`);
      return;
    }
    const magic = magicVariablesOf(file, section, this.#first);
    this.#first ??= magic;
    this.#lastFile = file;
    const options = parseIni(file, putMagic(text.value, magic), section);
    if (options === undefined) {
      report('dialect.file', place, `${file} has no section [${section || 'uwsgi'}].`);
    }
    this.#depth += 1;
    for (const option of options ?? []) this.add(option);
    this.#depth -= 1;
  }

  /** Undefined: no block begins with such a key. */
  #textsOf(key: string, value: string): readonly string[] | undefined {
    if (key === 'for') {
      return value.split(' ').filter((word) => word !== '');
    }
    if (key === 'for-times') {
      const count = Math.min(Number.parseInt(value, 10) || 0, OPTIONS_MAX);
      return Array.from({ length: count }, (_, index) => String(index + 1));
    }
    const [, not = '', name = ''] =
      /^if-?(not-)?(env|opt|file|dir|directory|exists|hostname|plugin|reload)$/.exec(key) ?? [];
    if (name === '') {
      return undefined;
    }
    const found = this.#find(name, value);
    return (found !== undefined) === (not === '') ? [found ?? ''] : [];
  }

  #find(name: string, value: string): string | undefined {
    const [subject = '', ...rest] = value.split('=');
    const equals = (text: string | undefined) => (rest.length === 0 || rest.join('=') === text ? text : undefined);
    switch (name) {
      case 'env':
        return equals(this.#surroundings.env[subject]);
      case 'opt':
        return equals(this.said.find(({ key }) => key === subject)?.value);
      case 'hostname':
        return value === hostname() ? value : undefined;
      case 'plugin':
        return /^(?:python\d*|http|corerouter|gevent)$/.test(value) ? value : undefined;
      case 'reload':
        return undefined;
      default:
        return isThere(name, value) ? value : undefined;
    }
  }
}

function isThere(kind: string, path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || kind === 'exists') {
    return stats !== undefined;
  }
  return kind === 'file' ? stats.isFile() : stats.isDirectory();
}
