import type { LookupFunction } from 'node:net';
import type { Resolver } from '../../config/model/upstream.ts';
import type { Clock } from '../../kernel/clock.ts';

/** Finds responders by the name servers that `resolver` names, in place of those of the system. What does that is loaded only where one is named. */
export async function responderLookup(
  resolver: Resolver,
  { clock, log }: { readonly clock: Clock; readonly log: (text: string) => void },
): Promise<LookupFunction> {
  const { lookupBy } = await import('../../upstream/resolver/lookup-by.ts');
  const { NameCache } = await import('../../upstream/resolver/name-cache.ts');
  const { DnsNameServers } = await import('../../upstream/resolver/name-servers.ts');
  const { systemLookup } = await import('../../upstream/resolver/system-names.ts');
  const servers = new DnsNameServers({ rules: resolver, lookup: systemLookup, clock, log });
  return lookupBy(new NameCache(resolver, servers, clock));
}
