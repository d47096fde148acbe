/** Times as Apache's `%{…}t` writes them, in UTC. */

import type { Moment } from '../../kernel/strftime.ts';
import { STRFTIME } from '../../kernel/strftime.ts';

const WORDS: Readonly<Record<string, (atMs: number) => string>> = {
  sec: (atMs) => String(Math.floor(atMs / 1000)),
  msec: (atMs) => String(Math.floor(atMs)),
  usec: (atMs) => String(Math.floor(atMs * 1000)),
  msec_frac: (atMs) => String(Math.floor(atMs) % 1000).padStart(3, '0'),
  usec_frac: (atMs) => String(Math.floor(atMs * 1000) % 1_000_000).padStart(6, '0'),
};

export function compileTime(format: string): (atMs: number) => string {
  const word = Object.hasOwn(WORDS, format) ? WORDS[format] : undefined;
  if (word !== undefined) {
    return word;
  }
  // Strings of the log have a character for each byte.
  const written = Buffer.from(format).latin1Slice();
  const parts = [...written.matchAll(/%(.)|[^%]+/gs)].map(partOf);
  return (epochMs) => {
    const moment: Moment = { wall: new Date(epochMs), epochMs, zone: 'UTC', offsetMinutes: 0 };
    return parts.map((part) => (typeof part === 'string' ? part : part(moment))).join('');
  };
}

/** `config/access-format/time-format.ts` has checked that there are no other letters. */
function partOf([text, letter]: readonly string[]): string | ((moment: Moment) => string) {
  return letter === undefined ? (text ?? '') : (STRFTIME[letter] ?? '');
}
