/** uWSGI's `key=value,key=value`, in which a backslash keeps a comma. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';

export type KeyValues = ReadonlyMap<string, string>;

/** `names`: each key that is known, with the one that it is a synonym of. `refused`: keys that are known, with the reason. */
export function readKeyValues(
  text: string,
  names: ReadonlyMap<string, string>,
  refused: ReadonlyMap<string, string> = new Map(),
): Outcome<KeyValues> {
  const found = new Map<string, string>();
  for (const part of text.split(/(?<!\\),/)) {
    const [key = '', ...rest] = part.trim().split('=');
    const reason = refused.get(key);
    if (reason !== undefined) {
      return failure(`"${key}" is not supported: ${reason}`);
    }
    const name = names.get(key);
    if (name === undefined) {
      return failure(`"${key}" is none of its keys, which are ${[...names.keys()].join(', ')}`);
    }
    found.set(name, rest.join('=').replaceAll('\\,', ','));
  }
  return success(found);
}

/** Lists each key; `a|b` are synonyms. */
export function keyNames(...keys: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    keys.flatMap((key) => {
      const [name = '', ...synonyms] = key.split('|');
      return [name, ...synonyms].map((synonym): [string, string] => [synonym, name]);
    }),
  );
}

/** A whole number, as it is, or undefined. */
export function wholeNumber(text: string, least = 0, most: number = Number.MAX_SAFE_INTEGER): number | undefined {
  const number = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}
