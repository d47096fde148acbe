/** Traps of regexes, and of paths that look like some. */

import type { Word } from '../token.ts';
import type { SeenBlock } from './seen-block.ts';
import { isRegex, locationOf } from './seen-block.ts';
import type { Tell, TrapRule } from './trap.ts';

export const REGEX_TRAPS: readonly TrapRule[] = [
  pathsLikeRegexes,
  pathsWithoutSlash,
  unanchored,
  unescapedDots,
  costlyRegexes,
  repeatedRegexes,
];

/** A prefix that nobody's path begins with. */
function pathsLikeRegexes(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('location')) {
    const location = locationOf(block);
    if (location !== undefined && !isRegex(location) && /[*^$|\\]|\.\*|\(.*\)/.test(location.text)) {
      const message = `"${location.text}" is compared letter by letter with the path: it is no regex without "~" before it`;
      tell('trap.path-like-regex', location.word.place, message);
    }
  }
}

function pathsWithoutSlash(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('location')) {
    const location = locationOf(block);
    if (location !== undefined && !isRegex(location) && /^[\w.-]/.test(location.text)) {
      tell(
        'trap.path-without-slash',
        location.word.place,
        `every path begins with a slash, and "${location.text}" does not`,
      );
    }
  }
}

interface SeenRegex {
  readonly text: string;
  readonly word: Word;
  /** What it is asked about. */
  readonly about: 'path' | 'name' | 'origin' | 'other';
}

function* regexesIn(block: SeenBlock): Generator<SeenRegex> {
  const location = locationOf(block);
  if (location !== undefined && isRegex(location)) {
    yield { text: location.text, word: location.word, about: 'path' };
  }
  for (const { args } of block.all('rewrite')) {
    if (args[0] !== undefined) yield { text: args[0].text, word: args[0], about: 'path' };
  }
  for (const word of block.all('server_name').flatMap(({ args }) => args)) {
    if (word.text.startsWith('~')) yield { text: word.text.slice(1), word, about: 'name' };
  }
  const [variable, operator, regex] = block.kind.endsWith('-if') ? (block.opener?.args ?? []) : [];
  if (variable !== undefined && regex !== undefined && /^!?~\*?$/.test(operator?.text ?? '')) {
    const about = /^\(\$http_(origin|referer)$/.test(variable.text)
      ? 'origin'
      : /^\(\$(http_)?host$/.test(variable.text)
        ? 'name'
        : 'other';
    yield { text: regex.text.replace(/\)$/, ''), word: regex, about };
  }
}

function* allRegexes(whole: SeenBlock): Generator<SeenRegex> {
  for (const block of whole.within()) {
    yield* regexesIn(block);
  }
}

/** Names with a dot in front, in whichever folder; and what takes everything. */
const MEANT_ANYWHERE = /^\(?\/\\?\.|^\.\*/;

function unanchored(whole: SeenBlock, tell: Tell): void {
  for (const { text, word, about } of allRegexes(whole)) {
    const [begins, ends] = [/^(\(\?\w+\))?\(?\^/.test(text), /\$\)?$/.test(text)];
    const isEnding = /^\\?\.\(?[\w|?:-]+\)?$/.test(text) || /^\\\./.test(text);
    if (about === 'origin' && !(begins && ends)) {
      const message = `"${text}" matches in the middle too: "https://evil.example/?${text.replaceAll('\\', '')}"`;
      tell('trap.regex-unanchored', word.place, message, 'warning');
    } else if (about === 'name' && !(begins && ends)) {
      tell('trap.regex-unanchored', word.place, `"${text}" matches names that have more around it`, 'warning');
    } else if (about === 'path' && isEnding && !ends && !text.includes('/')) {
      const message = `"${text}" is meant for endings of names, and matches in the middle of them too`;
      tell('trap.regex-unanchored', word.place, message, 'warning');
    } else if (about === 'path' && !begins && !ends && !isEnding && !MEANT_ANYWHERE.test(text)) {
      tell('trap.regex-unanchored', word.place, `"${text}" matches anywhere in the path`, 'info');
    }
  }
}

function unescapedDots(whole: SeenBlock, tell: Tell): void {
  for (const { text, word, about } of allRegexes(whole)) {
    const isEnding = about === 'path' && /(^|[^\\\])])\.(\w{2,5}|\([\w|]+\))\$$/.test(text) && !/\.[*+?]/.test(text);
    const isName =
      about !== 'path' && about !== 'other' && /\w\.(com|org|net|io|dev|de|fr|ru|cn|local|example)\b/.test(text);
    if (isEnding || isName) {
      tell('trap.regex-dot', word.place, `the dot of "${text}" stands for any character`);
    }
  }
}

/** Something that repeats, repeated: `(a+)+`, `(.*)*`, `(\w+\s?)*`. */
const NESTED = /\((?:\?:)?(?:[^()\\]|\\.)*[*+](?:[^()\\]|\\.)?\)[*+{]/;

function costlyRegexes(whole: SeenBlock, tell: Tell): void {
  for (const { text, word } of allRegexes(whole)) {
    if (NESTED.test(text)) {
      tell('trap.regex-costly', word.place, `"${text}" repeats what repeats already`);
    }
  }
}

/** Of two that are equal the second is never reached. */
function repeatedRegexes(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('server', 'location')) {
    const seen = new Map<string, string>();
    for (const inside of block.blocks) {
      const location = locationOf(inside);
      if (location === undefined || !isRegex(location)) {
        continue;
      }
      const { text, modifier, word } = location;
      const before = seen.get(text);
      if (before === '~*' || before === modifier) {
        tell(
          'trap.shadowed-location',
          word.place,
          `another location of "${text}" before this one takes all of its requests`,
        );
      }
      seen.set(text, before ?? modifier);
    }
  }
}
