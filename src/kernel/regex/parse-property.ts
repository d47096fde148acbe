/** `\p{…}`: Unicode's properties, of the 256 characters that a byte can be. */

import type { ByteSet } from './byte-set.ts';
import { ANY_BYTE, complement } from './byte-set.ts';
import type { PatternScanner } from './pattern-scanner.ts';

const BRACED = /\{(\^?)([A-Za-z0-9_& -]+)\}/y;
const SINGLE = /[A-Z]/y;

/** PCRE's own, and what it spells in another way than JavaScript. */
const SPECIAL: ReadonlyMap<string, RegExp> = new Map([
  ['L&', /\p{LC}/u],
  ['Xan', /[\p{L}\p{N}]/u],
  ['Xps', /[\p{Z}\t-\r]/u],
  ['Xsp', /[\p{Z}\t-\r]/u],
  ['Xwd', /[\p{L}\p{N}_]/u],
]);

export function parseProperty(scanner: PatternScanner, isNegated: boolean): ByteSet | undefined {
  const [, caret = '', braced] = scanner.match(BRACED) ?? [];
  const name = braced ?? scanner.match(SINGLE)?.[0];
  const set = name === undefined ? undefined : setOfProperty(name);
  if (set === undefined) {
    scanner.fail(name === undefined ? 'malformed \\P or \\p sequence' : 'unknown property name after \\P or \\p');
    return undefined;
  }
  return isNegated === (caret === '^') ? set : complement(set);
}

function setOfProperty(name: string): ByteSet | undefined {
  if (name === 'Any') {
    return ANY_BYTE;
  }
  const pattern = SPECIAL.get(name) ?? property(name) ?? property(`Script=${name}`);
  if (pattern === undefined) {
    return undefined;
  }
  return ANY_BYTE.map((_, byte) => (pattern.test(String.fromCharCode(byte)) ? 1 : 0));
}

function property(name: string): RegExp | undefined {
  try {
    return new RegExp(`^\\p{${name}}$`, 'u');
  } catch {
    return undefined;
  }
}
