/**
 * The one ordered list of options: of the command line, and of each file where it is named. What uWSGI does while it makes its list is done
 * here: magic variables, files in files, `for` and the conditions (which do not nest, and see values before placeholders are resolved).
 */

import { globSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import type { WordSurroundings as Surroundings } from '../option.ts';
import type { MagicVariables } from './magic-variables.ts';
import { magicVariablesOf, putMagic } from './magic-variables.ts';
import { LANGUAGE_OF_OPTION, languageOf, readOptionsFile } from './read-options-file.ts';
import type { SaidOption } from './said-option.ts';

/** Files in files. */
const DEPTH_MAX = 16;
/** All options, those that loops make included. */
const OPTIONS_MAX = 10_000;
const FILE_KEYS: ReadonlySet<string> = new Set([...LANGUAGE_OF_OPTION.keys(), 'include', 'inherit', 'config']);
const ENDS: ReadonlySet<string> = new Set(['end', 'endfor', 'end-for', 'endif', 'end-if']);

/** What stands between a `for` or an `if` and its end. `texts`: what `%(_)` is, once for each time that an option counts. */
interface Block {
  readonly texts: readonly string[];
}

export class OptionList {
  readonly said: SaidOption[] = [];
  /** Names that `set` and `set-ph` have given: what is no option is for placeholders, and for whoever reads `uwsgi.opt`. */
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
    } else if (key === 'print' || key === 'iprint') {
      report('dialect.note', place, value, 'info');
    } else {
      this.said.push(option);
    }
  }

  #set({ value, place }: SaidOption): void {
    const at = value.indexOf('=');
    if (at < 1) {
      this.#surroundings.report('dialect.invalid', place, `"${value}" is not of the form NAME=VALUE.`);
      return;
    }
    const name = value.slice(0, at).trim();
    this.placeholders.add(name);
    this.said.push({ key: name, value: value.slice(at + 1).trim(), place });
  }

  #load({ key, value, place }: SaidOption): void {
    const { report, readText } = this.#surroundings;
    const colon = value.lastIndexOf(':');
    const file = colon < 0 ? value : value.slice(0, colon) || this.#lastFile;
    const section = colon < 0 ? '' : value.slice(colon + 1);
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
    const language = LANGUAGE_OF_OPTION.get(key) ?? languageOf(file);
    const options = readOptionsFile(language, { file, text: putMagic(text.value, magic), section });
    if (!options.ok) {
      const { line, column, message } = options.fault;
      report('dialect.file', { kind: 'file', file, line, column, length: 1 }, `${message}.`);
      return;
    }
    if (options.value === undefined) {
      report('dialect.file', place, `${file} has no section [${section || 'uwsgi'}].`);
    }
    // A block of the file that names this one goes on behind it, and is none of its own.
    const block = this.#block;
    this.#block = undefined;
    this.#depth += 1;
    for (const option of options.value ?? []) this.add(option);
    this.#depth -= 1;
    this.#block = block;
  }

  /** Undefined: no block begins with such a key. */
  #textsOf(key: string, value: string): readonly string[] | undefined {
    if (key === 'for') {
      return value.split(' ').filter((word) => word !== '');
    }
    if (key === 'for-glob') {
      const found = globSync(value).sort();
      return found.length > 0 ? found : [value];
    }
    if (key === 'for-readline') {
      const text = this.#surroundings.readText(value);
      return text.ok ? text.value.split('\n').filter((line) => line !== '') : [];
    }
    if (key === 'for-times') {
      const count = Math.min(Number.parseInt(value, 10) || 0, OPTIONS_MAX);
      return Array.from({ length: count }, (_, index) => String(index + 1));
    }
    const [, not = '', name = ''] =
      /^if-?(not-)?(env|opt|file|dir|directory|exists|hostname|hostname-match|plugin|reload)$/.exec(key) ?? [];
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
      case 'hostname-match':
        return matches(value, hostname()) ? value : undefined;
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

/** The operator's own expression, tried once; one that cannot be read fits nothing. */
function matches(expression: string, text: string): boolean {
  try {
    return new RegExp(expression).test(text);
  } catch {
    return false;
  }
}
