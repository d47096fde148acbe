import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import type { NameCache } from './name-cache.ts';

/** Finds hosts as Node asks for them, by the name servers of a resolver. */
export function lookupBy(names: Pick<NameCache, 'lookUp'>): LookupFunction {
  return (name, _, tell) => {
    void names.lookUp(name).then((answer) => {
      if (answer.kind === 'found') {
        tell(
          null,
          answer.servers.map(({ address }) => ({ address, family: isIP(address) })),
        );
      } else {
        tell(new Error(`${name} could not be resolved (${answer.reason})`), []);
      }
    });
  };
}
