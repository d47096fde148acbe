/**
 * The words of a foreign command line, sorted into options and the application, as click (uvicorn) and argparse (daphne, hypercorn)
 * sort them: click takes whatever follows for the value, argparse takes no word that looks like an option, and knows an option by its
 * beginning.
 */

import type { Report } from '../diagnostic.ts';
import { nearestWord } from '../nearest.ts';
import type { Place } from '../place.ts';
import { atFlag } from '../place.ts';
import type { Dialect, GivenWords, Option } from './option.ts';

export function readOptionArguments(dialect: Dialect, args: readonly string[], report: Report): GivenWords {
  const reader = new ArgumentReader(dialect, report);
  reader.read(args);
  return { app: reader.apps[0], options: reader.options };
}

class ArgumentReader {
  readonly apps: string[] = [];
  readonly options = new Map<Option, { readonly texts: string[]; readonly place: Place }>();
  readonly #dialect: Dialect;
  readonly #byName: ReadonlyMap<string, Option>;
  readonly #report: Report;
  #rest: string[] = [];

  constructor(dialect: Dialect, report: Report) {
    this.#dialect = dialect;
    this.#report = report;
    this.#byName = new Map(dialect.options.flatMap((option) => optionNames(option).map((name) => [name, option])));
  }

  read(args: readonly string[]): void {
    this.#rest = [...args];
    for (let word = this.#rest.shift(); word !== undefined; word = this.#rest.shift()) {
      if (word === '--') {
        for (const app of this.#rest.splice(0)) this.#takeApplication(app);
      } else if (word.startsWith('--')) {
        this.#takeLong(word);
      } else if (word.startsWith('-') && word !== '-') {
        this.#takeShort(word);
      } else {
        this.#takeApplication(word);
      }
    }
  }

  #takeApplication(word: string): void {
    this.apps.push(word);
    if (this.apps.length > 1) {
      this.#report('dialect.unexpected-argument', atFlag(word), '');
    }
  }

  #takeLong(word: string): void {
    const at = word.indexOf('=');
    const name = at < 0 ? word : word.slice(0, at);
    const inline = at < 0 ? undefined : word.slice(at + 1);
    const found = this.#find(name);
    if (found === undefined) {
      if (inline === undefined) this.#skipValue();
      return;
    }
    const [option, fullName] = found;
    if (option.value !== undefined) {
      this.#takeValue(option, fullName, inline);
    } else if (inline === undefined) {
      this.#give(option, fullName, fullName === option.negation ? 'false' : 'true');
    } else {
      this.#report('dialect.unexpected-value', atFlag(fullName), '');
    }
  }

  /** `-p 80`, `-p80`, `-p=80`. */
  #takeShort(word: string): void {
    const name = word.slice(0, 2);
    const option = this.#byName.get(name);
    if (option === undefined) {
      this.#unknown(word);
      this.#skipValue();
    } else if (option.value === undefined) {
      this.#give(option, name, 'true');
      if (word.length > 2) this.#rest.unshift(`-${word.slice(2)}`);
    } else {
      this.#takeValue(option, name, word.length > 2 ? word.slice(2).replace(/^=/, '') : undefined);
    }
  }

  #takeValue(option: Option, name: string, inline: string | undefined): void {
    const value = inline ?? (this.#isValue(this.#rest[0]) ? this.#rest.shift() : option.impliedValue);
    if (value === undefined) {
      this.#report('dialect.missing-value', atFlag(name), '');
    } else {
      this.#give(option, name, value);
    }
  }

  #isValue(word: string | undefined): boolean {
    if (word === undefined || !word.startsWith('-') || word === '-') {
      return word !== undefined;
    }
    if (this.#dialect.manner === 'argparse') {
      return /^-\d+(\.\d*)?$/.test(word);
    }
    // click would take it; who wrote it meant an option.
    return !this.#byName.has(word.split('=')[0] ?? '');
  }

  #give(option: Option, name: string, text: string): void {
    const given = this.options.get(option) ?? { texts: [], place: atFlag(name) };
    given.texts.push(text);
    this.options.set(option, given);
  }

  #find(name: string): readonly [Option, string] | undefined {
    const exact = this.#byName.get(name);
    if (exact !== undefined) {
      return [exact, name];
    }
    const matches = this.#dialect.manner === 'argparse' ? this.#beginningWith(name) : [];
    const [first] = matches;
    if (first !== undefined && matches.length === 1) {
      return first;
    }
    if (first !== undefined) {
      const names = matches.map(([, fullName]) => fullName).join(', ');
      this.#report('dialect.ambiguous-option', atFlag(name), `it could match ${names}`);
    } else {
      this.#unknown(name);
    }
    return undefined;
  }

  #beginningWith(name: string): (readonly [Option, string])[] {
    return [...this.#byName].flatMap(([fullName, option]) =>
      fullName.startsWith(name) && name.length > '--'.length ? [[option, fullName] as const] : [],
    );
  }

  #unknown(name: string): void {
    const [longer] = this.#beginningWith(name);
    const nearest = longer?.[1] ?? nearestWord(name, this.#byName.keys());
    this.#report('dialect.unknown-option', atFlag(name), nearest === undefined ? '' : `Did you mean ${nearest}?`);
  }

  /** What follows an option that is not known is taken for its value if the application is named elsewhere, so that one slip is told once. */
  #skipValue(): void {
    const words = this.#rest.filter((word) => word === '-' || !word.startsWith('-'));
    if (this.#isValue(this.#rest[0]) && (this.apps.length > 0 || words.length > 1)) {
      this.#rest.shift();
    }
  }
}

export function optionNames(option: Option): string[] {
  return [...option.names, ...(option.negation === undefined ? [] : [option.negation])];
}
