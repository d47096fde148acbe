/** nginx's command line: letters behind one dash, a value in the rest of the word or in the next one. The first fault ends it, as in nginx. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';

export const NGINX_SIGNALS = ['stop', 'quit', 'reopen', 'reload'] as const;
export type NginxSignal = (typeof NGINX_SIGNALS)[number];

export interface NginxArguments {
  readonly shows: { readonly help: boolean; readonly version: boolean; readonly build: boolean };
  /** `dump`: the files are printed after a test that was successful. */
  readonly tests: 'no' | 'test' | 'dump';
  readonly isQuiet: boolean;
  /** Undefined: not said, which is not the same as ''. */
  readonly prefix: string | undefined;
  /** '' is standard error. */
  readonly errorLog: string | undefined;
  readonly file: string | undefined;
  /** Directives in front of the file. */
  readonly directives: string;
  readonly signal: NginxSignal | undefined;
}

type Draft = { -readonly [Key in keyof NginxArguments]: NginxArguments[Key] };

/** Letters that take a value, with what nginx says of one that is missing. */
const NEEDS: Readonly<Record<string, string>> = {
  p: 'directory name',
  e: 'file name',
  c: 'file name',
  g: 'parameter',
  s: 'parameter',
};

/** Fails with the words that nginx has for it. */
export function readNginxArguments(args: readonly string[]): Outcome<NginxArguments> {
  const draft: Draft = {
    shows: { help: false, version: false, build: false },
    tests: 'no',
    isQuiet: false,
    prefix: undefined,
    errorLog: undefined,
    file: undefined,
    directives: '',
    signal: undefined,
  };
  const left = [...args];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const fault = word.startsWith('-') ? readWord(word, left, draft) : `invalid option: "${word}"`;
    if (fault !== undefined) {
      return failure(fault);
    }
  }
  return success(draft);
}

/** Takes the next word from `left` if a letter needs it. Undefined: all is well. */
function readWord(word: string, left: string[], draft: Draft): string | undefined {
  for (let at = 1; at < word.length; at += 1) {
    const letter = word.charAt(at);
    const need = NEEDS[letter];
    if (need === undefined) {
      if (!setSwitch(letter, draft)) {
        return `invalid option: "${letter}"`;
      }
    } else {
      const value = word.slice(at + 1) || left.shift();
      return value === undefined ? `option "-${letter}" requires ${need}` : setValue(letter, value, draft);
    }
  }
  return undefined;
}

function setSwitch(letter: string, draft: Draft): boolean {
  const { shows } = draft;
  switch (letter) {
    case '?':
    case 'h':
      draft.shows = { ...shows, version: true, help: true };
      return true;
    case 'v':
      draft.shows = { ...shows, version: true };
      return true;
    case 'V':
      draft.shows = { ...shows, version: true, build: true };
      return true;
    case 't':
      draft.tests = draft.tests === 'dump' ? 'dump' : 'test';
      return true;
    case 'T':
      draft.tests = 'dump';
      return true;
    case 'q':
      draft.isQuiet = true;
      return true;
    default:
      return false;
  }
}

function setValue(letter: string, value: string, draft: Draft): string | undefined {
  switch (letter) {
    case 'p':
      draft.prefix = value;
      return undefined;
    case 'e':
      draft.errorLog = value === 'stderr' ? '' : value;
      return undefined;
    case 'c':
      draft.file = value;
      return undefined;
    case 'g':
      draft.directives = value;
      return undefined;
    default:
      draft.signal = NGINX_SIGNALS.find((name) => name === value);
      return draft.signal === undefined ? `invalid option: "-s ${value}"` : undefined;
  }
}
