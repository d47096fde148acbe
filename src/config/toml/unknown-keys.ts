/** Keys that a table does not have, and what may be meant by them. */

import { nearestWord } from '../nearest.ts';
import type { Part, Path, Reading, TomlTable } from './kind.ts';
import { FAULTS_MAX } from './kind.ts';

/** What a table may have. `parts`: what stands in it, where that is a table itself. */
export type KnownKeys = ReadonlyMap<string, readonly Pick<Part, 'name'>[]>;

export function knownKeys(fields: Iterable<Pick<Part, 'name' | 'kind'>>): KnownKeys {
  return new Map(Array.from(fields, ({ name, kind }) => [name, kind.parts ?? []]));
}

/** False if there is one. */
export function tellUnknownKeys(given: TomlTable, known: KnownKeys, path: Path, reading: Reading): boolean {
  const unknown = Object.keys(given).filter((name) => !known.has(name));
  for (const name of unknown.slice(0, FAULTS_MAX)) {
    const meant = deeper(name, known) ?? nearestWord(name, known.keys());
    reading.report(
      [...path, name],
      `there is no "${name}" here${meant === undefined ? '' : `. Did you mean "${meant}"?`}`,
      'key',
    );
  }
  return unknown.length === 0;
}

/** Who writes `root` may mean `files.root`. */
function deeper(name: string, known: KnownKeys): string | undefined {
  for (const [key, parts] of known) {
    if (parts.some((part) => part.name === name)) {
      return `${key}.${name}`;
    }
  }
  return undefined;
}
