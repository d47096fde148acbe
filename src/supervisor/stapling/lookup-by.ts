import type { LookupFunction } from 'node:net';
import type { Resolver } from '../../config/model/upstream.ts';

/** By the name servers that `resolver` names, in place of those of the system. */
export async function lookupBy({ servers, asksIpv4, asksIpv6, timeoutMs }: Resolver): Promise<LookupFunction> {
  const { promises } = await import('node:dns');
  return (name, _, tell) => {
    const asked = new promises.Resolver({ timeout: timeoutMs, tries: 1 });
    const find = async (): Promise<{ address: string; family: number }[]> => {
      asked.setServers(servers);
      const found = await Promise.allSettled([
        asksIpv4 ? asked.resolve4(name) : [],
        asksIpv6 ? asked.resolve6(name) : [],
      ]);
      return found.flatMap((each, index) =>
        each.status === 'fulfilled' ? each.value.map((address) => ({ address, family: index === 0 ? 4 : 6 })) : [],
      );
    };
    find().then(
      (found) => tell(found.length > 0 ? null : new Error(`${name} could not be resolved`), found),
      (error: unknown) => tell(error instanceof Error ? error : new Error(String(error)), []),
    );
  };
}
