/** The addresses of all servers of a configuration that have names, before it is run. Who cannot be found in time is looked for while it runs. */

import type { Upstream } from '../../config/model/upstream.ts';
import { isAddress } from './is-address.ts';
import type { FoundAddresses, SystemLookup } from './system-names.ts';

/** A start, or a reload, does not wait longer for name servers that do not answer. */
const WAIT_MS = 2000;

export type StartNames = ReadonlyMap<string, FoundAddresses>;

/** Names that the system looks up, once each. */
export function namesOf(upstreams: readonly Upstream[]): readonly string[] {
  const servers = upstreams.flatMap(({ servers }) => servers);
  const named = servers.filter(({ host, isUnix, resolves }) => !isUnix && !resolves && !isAddress(host));
  return [...new Set(named.map(({ host }) => host))];
}

export async function findStartNames(
  names: readonly string[],
  lookup: SystemLookup,
  waitMs: number = WAIT_MS,
): Promise<StartNames> {
  const found = new Map<string, FoundAddresses>();
  const all = Promise.all(
    names.map(async (name) => {
      found.set(name, await lookup(name));
    }),
  );
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, waitMs);
  await Promise.race([all, late]);
  clearTimeout(timer);
  return new Map(found);
}
