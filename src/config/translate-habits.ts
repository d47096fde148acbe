/** A command line in the words of other servers, in ours. The table is habits.ts. */

import { renderHostPort } from '../kernel/addresses/render-host.ts';
import type { Habit } from './habit.ts';
import { FOREIGN_COMMANDS, FOREIGN_PROGRAMS, HABITS } from './habits.ts';
import { nearestWord } from './nearest.ts';
import { SETTINGS } from './settings.ts';

export interface Translation {
  /** What was found, in its order. */
  readonly hints: readonly { readonly at: string; readonly message: string }[];
  /** The arguments of `portico serve` that mean the same. */
  readonly args: readonly string[];
}

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = '8000';
/** `8000`, `0:8000`, `0.0.0.0:8000`, `[::1]:8000`: what runserver takes. */
const ADDRESS = /^(?:(?:[\d.]+|\[[\da-fA-F:]+\]|localhost):)?\d{1,5}$/;

/** Parts of the command that several habits make together. */
interface Draft {
  readonly flags: string[];
  app: string;
  callable: string;
  isFactory: boolean;
  host: string;
  port: string;
}

interface Word {
  /** `--host` or `-k`; undefined for what is no flag. */
  readonly name: string | undefined;
  readonly text: string;
  /** The value that is written in the same argument. */
  readonly inline: string | undefined;
}

export function translateHabits(args: readonly string[]): Translation {
  const hints: { at: string; message: string }[] = [];
  const draft: Draft = { flags: [], app: '', callable: '', isFactory: false, host: '', port: '' };
  for (let at = 0; at < args.length; at += 1) {
    const word = readWord(args[at] ?? '');
    const value = word.inline ?? args[at + 1];
    const habit = HABITS.find((row) => isMeant(row, word, value)) ?? misspelt(word);
    const takesNext =
      word.inline === undefined && (habit === undefined ? isOurs(word.name) : habit.value !== undefined);
    if (habit === undefined) {
      keep(draft, word, takesNext ? value : undefined);
    } else {
      apply(draft, habit, value ?? '');
      hints.push({ at: word.name ?? word.text, message: describe(habit, word.name ?? '', value ?? '') });
    }
    at += takesNext ? 1 : 0;
  }
  return { hints, args: finish(draft) };
}

/** Undefined for a first word that nobody else has either. `isApp` looks whether it names an application. */
export function translateCommand(words: readonly string[], isApp: (word: string) => boolean): Translation | undefined {
  const rest = withoutProgram(words);
  const [name = '', ...args] = rest;
  const implied = FOREIGN_COMMANDS.get(name);
  if (implied === undefined && !name.startsWith('-') && !isApp(name)) {
    return undefined;
  }
  const given = implied === undefined ? rest : args;
  const address = name === 'runserver' ? given.findIndex((word) => ADDRESS.test(word)) : -1;
  const bind = address === -1 ? [] : ['--bind', (given[address] ?? '').replace(/^0:/, '0.0.0.0:')];
  const translated = translateHabits(given.filter((_, index) => index !== address));
  return { hints: translated.hints, args: [...translated.args, ...(implied ?? []), ...bind] };
}

/** Commands of ours, and programs of others that are started as `python -m uvicorn`. */
const SPOKEN: ReadonlySet<string> = new Set(['uvicorn', 'hypercorn', 'daphne']);

/** `portico flask --app shop run --debug` without `flask` and `run`, `portico python -m uvicorn app:app` without what stands before the application. */
function withoutProgram(words: readonly string[]): readonly string[] {
  const begin = words.findIndex((word, index) => !FOREIGN_PROGRAMS.has(word) && !(index > 0 && word === '-m'));
  const rest = words.slice(Math.max(0, begin));
  if (begin > 0 && SPOKEN.has(rest[0] ?? '')) {
    return rest.slice(1);
  }
  const command = begin > 0 && rest[0]?.startsWith('-') ? rest.findIndex((word) => FOREIGN_COMMANDS.has(word)) : -1;
  return command === -1 ? rest : rest.filter((_, index) => index !== command);
}

/** A command that can be pasted into a shell. */
export function renderCommand(args: readonly string[]): string {
  return ['portico', ...args].map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function readWord(text: string): Word {
  const long = /^(--[^=]+)=(.*)$/s.exec(text);
  if (long !== null) {
    return { name: long[1], text, inline: long[2] };
  }
  const short = /^(-[A-Za-z])=?(.+)$/s.exec(text);
  if (short !== null) {
    return { name: short[1], text, inline: short[2] };
  }
  return { name: text.startsWith('-') ? text : undefined, text, inline: undefined };
}

function isMeant({ names, value, when }: Habit, { name, inline }: Word, given: string | undefined): boolean {
  if (name === undefined || !names.includes(name)) {
    return false;
  }
  const isSwitchWithValue = value === undefined && inline !== undefined;
  return !isSwitchWithValue && (when === undefined || when.test(given ?? ''));
}

/** The habit that was meant by a flag which nobody has: `--prot`. */
function misspelt({ name }: Word): Habit | undefined {
  const ours = Object.values(SETTINGS).flatMap(({ flag, isHidden }) => (isHidden ? [] : [`--${flag}`, `--no-${flag}`]));
  if (!name?.startsWith('--') || ours.includes(name)) {
    return undefined;
  }
  const nearest = nearestWord(name, [...ours, ...HABITS.flatMap(({ names }) => names)]);
  return HABITS.find(({ names, when }) => when === undefined && names.includes(nearest ?? ''));
}

/** Whether the name is a flag of ours that takes the next argument. */
function isOurs(name: string | undefined): boolean {
  return Object.values(SETTINGS).some(
    ({ flag, short, value }) =>
      value !== undefined && (name === `--${flag}` || (short !== undefined && name === `-${short}`)),
  );
}

function keep(draft: Draft, word: Word, value: string | undefined): void {
  if (word.name === undefined && draft.app === '') {
    draft.app = word.text;
  } else {
    draft.flags.push(word.text, ...(value === undefined ? [] : [value]));
  }
}

function apply(draft: Draft, { becomes }: Habit, value: string): void {
  switch (becomes.split(' ')[0]) {
    case '':
      return;
    case 'host':
      draft.host = value;
      return;
    case 'port':
      draft.port = value;
      return;
    case 'app':
      draft.app = value;
      return;
    case 'callable':
      draft.callable = value;
      return;
    case 'factory':
      draft.isFactory = true;
      return;
    default:
      draft.flags.push(...becomes.split(' ').map((part) => withValue(part, value)));
  }
}

function finish(draft: Draft): string[] {
  const { app, callable, isFactory } = draft;
  const { flags, host, port } = joinAddress(draft);
  const named = callable === '' || app.includes(':') ? app : `${app}:${callable}`;
  const called = isFactory && named !== '' && !named.endsWith(')') ? `${named}()` : named;
  const bind = host === '' && port === '' ? [] : ['--bind', renderHostPort(host || DEFAULT_HOST, port || DEFAULT_PORT)];
  return [...(called === '' ? [] : [called]), ...flags, ...bind];
}

/** `-b 0.0.0.0 -p 80` and `--host 0.0.0.0 --bind :80` are one address, of which each says a part. */
function joinAddress({ flags, host, port }: Draft): Pick<Draft, 'flags' | 'host' | 'port'> {
  const at = flags.findIndex((word) => /^(?:-b|--bind$|--bind=)/.test(word));
  const inline = /^(?:-b=?|--bind=)(.+)$/s.exec(flags[at] ?? '')?.[1];
  const said = inline ?? flags[at + 1] ?? '';
  const isHost = host === '' && port !== '' && /^[\w.-]+$/.test(said) && !/^\d+$/.test(said);
  const isPort = host !== '' && port === '' && /^:?\d+$/.test(said);
  if (at === -1 || !(isHost || isPort)) {
    return { flags, host, port };
  }
  return {
    flags: flags.toSpliced(at, inline === undefined ? 2 : 1),
    host: isHost ? said : host,
    port: isPort ? said.replace(':', '') : port,
  };
}

function describe({ names, of, becomes, why }: Habit, name: string, value: string): string {
  const meant = names.includes(name) ? 'this' : names.join(' or ');
  const whose = `${meant} is a word of ${of}`;
  const instead = instruct(becomes, value);
  const words = instead === '' ? 'leave it out' : instead;
  return `${whose}: ${why === undefined ? '' : `${why}; `}${words}.`;
}

function instruct(becomes: string, value: string): string {
  switch (becomes.split(' ')[0]) {
    case '':
      return '';
    case 'host':
    case 'port':
      return 'here an address is --bind HOST:PORT';
    case 'app':
    case 'callable':
      return 'here the application is named without a flag, as MODULE:CALLABLE or by its file';
    case 'factory':
      return 'here the application is named with (), as MODULE:FACTORY()';
    default:
      return `here it is ${withValue(becomes, value)}`;
  }
}

/** A "$" in the value stands for itself. */
function withValue(text: string, value: string): string {
  return text.replace('{}', () => value);
}
