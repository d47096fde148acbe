/** Portico's own `mime.types` is the registry of media types: a model, and what is written of it, says that in a word rather than in a thousand. */

import { readKnownMediaTypes } from '../../../known-media-types.ts';
import type { TypeMap } from '../../../model/files.ts';

type Table = Pick<TypeMap, 'knowsRegistry' | 'types'>;

/** nginx's own table has 90 types, and the longest that people keep some hundreds. Those are spared a look at the registry, which takes 10 ms. */
const REGISTRY_ENTRIES_MIN = 1000;

/** By what a file says, which the scopes share that inherit it. */
const tables = new WeakMap<ReadonlyMap<string, string>, Table>();

export function withoutRegistered(types: ReadonlyMap<string, string>): Table {
  const known = tables.get(types);
  if (known !== undefined) {
    return known;
  }
  const table = makeTable(types);
  tables.set(types, table);
  return table;
}

function makeTable(types: ReadonlyMap<string, string>): Table {
  if (types.size >= REGISTRY_ENTRIES_MIN) {
    const registered = [...readKnownMediaTypes()];
    if (registered.every(([ending]) => types.has(ending))) {
      const before = new Map(registered);
      const own = [...types].filter(([ending, type]) => before.get(ending) !== type);
      return { knowsRegistry: true, types: Object.fromEntries(own) };
    }
  }
  return { knowsRegistry: false, types: Object.fromEntries(types) };
}
