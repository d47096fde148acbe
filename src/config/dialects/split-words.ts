/** The words of a command line in one text, as Python's shlex splits them: quotes and backslashes are a shell's, nothing is expanded. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';

/** A run of plain characters, an escaped one, or a quoted text; what is left over is a quote without its end. */
const PART = /[^\s'"\\]+|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*"/y;
const SPACE = /\s+/y;

export function splitWords(text: string): Outcome<readonly string[]> {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; ) {
    const space = matchAt(SPACE, text, at);
    const part = space === undefined ? matchAt(PART, text, at) : undefined;
    if (space !== undefined) {
      words.push(...(word === undefined ? [] : [word]));
      word = undefined;
    } else if (part === undefined) {
      return failure(text[at] === '\\' ? 'it ends with a backslash' : `a quote (${text[at]}) has no end`);
    } else {
      word = (word ?? '') + unquote(part);
    }
    at += (space ?? part ?? '').length;
  }
  return success(word === undefined ? words : [...words, word]);
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function unquote(part: string): string {
  switch (part[0]) {
    case "'":
      return part.slice(1, -1);
    case '"':
      return part.slice(1, -1).replaceAll(/\\(["\\])/g, '$1');
    case '\\':
      return part.slice(1);
    default:
      return part;
  }
}
