/** `$(VARIABLE)`, `@(FILE)` and `%(option)` in values, in uWSGI's order: each over the whole list before the next. */

import type { Outcome } from '../../../kernel/outcome.ts';
import type { Report } from '../../diagnostic.ts';
import type { Place } from '../../place.ts';
import type { SaidOption } from './said-option.ts';

type Find = (name: string) => string | undefined;

export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readText: (path: string) => Outcome<string>;
  readonly report: Report;
}

export interface Resolved {
  readonly said: readonly SaidOption[];
  /** Names that some placeholder uses: they need not be options. */
  readonly used: ReadonlySet<string>;
}

/** Values that grow beyond this are left as they are: a placeholder that names itself would grow for ever. */
const VALUE_LENGTH_MAX = 65_536;
const ROUNDS_MAX = 16;

export function resolvePlaceholders(said: readonly SaidOption[], { env, readText, report }: Sources): Resolved {
  const fromEnvironment = replaceAll(said, '$', (name) => {
    const [variable = '', ...fallback] = name.split(':');
    return env[variable] ?? (fallback.length > 0 ? fallback.join(':') : undefined);
  });
  const fromFiles = replaceAll(fromEnvironment, '@', (path, place) => {
    const text = readText(path);
    if (!text.ok) {
      report('dialect.file', place, `@(${path}): ${text.fault}.`);
      return '';
    }
    return text.value.trimEnd();
  });
  const used = new Set<string>();
  const list: SaidOption[] = [...fromFiles];
  const find: Find = (expression) => {
    const words = expression.split(' ').filter((word) => word !== '');
    for (const word of words) used.add(word);
    const lookUp: Find = (name) => list.find(({ key }) => key === name)?.value;
    return words.length > 1 ? compute(words, lookUp) : lookUp(expression);
  };
  for (const [index, option] of list.entries()) {
    list[index] = { ...option, value: replaceOften(option.value, '%', find) };
  }
  return { said: list, used };
}

function replaceAll(
  said: readonly SaidOption[],
  mark: string,
  find: (name: string, place: Place) => string | undefined,
): SaidOption[] {
  return said.map((option) => ({
    ...option,
    value: replaceOnce(option.value, mark, (name) => find(name, option.place)),
  }));
}

function replaceOften(value: string, mark: string, find: Find): string {
  let text = value;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const next = replaceOnce(text, mark, find);
    if (next === text || next.length > VALUE_LENGTH_MAX) {
      return text;
    }
    text = next;
  }
  return text;
}

/** What is not found stays as it is written, as do the fields of a log format. */
function replaceOnce(value: string, mark: string, find: Find): string {
  let text = '';
  let rest = value;
  for (let at = rest.indexOf(`${mark}(`); at >= 0; at = rest.indexOf(`${mark}(`)) {
    const end = rest.indexOf(')', at);
    if (end < 0) break;
    const whole = rest.slice(at, end + 1);
    text += rest.slice(0, at) + (find(whole.slice(2, -1)) ?? whole);
    rest = rest.slice(end + 1);
  }
  return text + rest;
}

/** From left to right, without precedence; words side by side are joined. */
function compute(words: readonly string[], lookUp: Find): string {
  let result = '';
  let sign = '';
  for (const word of words) {
    if (word === '++' || word === '--') {
      result = calculate(result, word === '++' ? '+' : '-', '1');
    } else if (/^[-+*/]$/.test(word)) {
      sign = word;
    } else {
      const value = /^\d+$/.test(word) ? word : (lookUp(word) ?? '');
      result = sign === '' ? result + value : calculate(result, sign, value);
      sign = '';
    }
  }
  return result;
}

function calculate(left: string, sign: string, right: string): string {
  const [a, b] = [integer(left), integer(right)];
  switch (sign) {
    case '+':
      return String(a + b);
    case '-':
      return String(a - b);
    case '*':
      return String(a * b);
    default:
      return b === 0 ? '0' : String(Math.trunc(a / b));
  }
}

function integer(text: string): number {
  return Number.parseInt(text, 10) || 0;
}
