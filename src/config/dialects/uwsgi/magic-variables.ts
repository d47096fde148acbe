/** The variables of one character that uWSGI puts into the text of a file before it reads it: `%d` is the folder of the file. */

import { availableParallelism, hostname } from 'node:os';
import { basename, dirname, resolve } from 'node:path';

export type MagicVariables = ReadonlyMap<string, string>;

/** Of a file, and (in capitals) of the first file that was read. */
export function magicVariablesOf(file: string, section: string, first: MagicVariables | undefined): MagicVariables {
  const path = resolve(file);
  const folder = dirname(path);
  const name = basename(path);
  const dot = name.lastIndexOf('.');
  const own: [string, string][] = [
    ['o', file],
    ['p', path],
    ['s', name],
    ['d', folder],
    ['e', dot < 0 ? '' : name.slice(dot + 1)],
    ['n', dot < 0 ? name : name.slice(0, dot)],
    ['c', basename(folder)],
    ['x', section],
    ...folder
      .split('/')
      .filter((part) => part !== '')
      .slice(0, 10)
      .map((part, index): [string, string] => [String(index), part]),
  ];
  const capitals = own.flatMap(([letter, text]): [string, string][] =>
    /[a-z]/.test(letter) ? [[letter.toUpperCase(), first?.get(letter.toUpperCase()) ?? text]] : [],
  );
  return new Map([
    ...own,
    ...capitals,
    ['h', hostname()],
    ['k', String(availableParallelism())],
    ['v', process.cwd()],
    ['u', String(process.getuid?.() ?? '')],
    ['g', String(process.getgid?.() ?? '')],
    ['%', '%'],
    ['(', '%('],
    ['[', '\u001B'],
  ]);
}

/** What names no variable is taken away with its percent sign, as uWSGI does. */
export function putMagic(text: string, variables: MagicVariables): string {
  return text.replaceAll(/%([\u0020-\u007E])/g, (_, letter: string) => variables.get(letter) ?? '');
}
