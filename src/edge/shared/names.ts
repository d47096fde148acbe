/** Names that this thread looks up by resolvers, whichever plans come and go. Loaded only where something has a name that is looked up. */

import { systemClock } from '../../kernel/clock.ts';
import { NameCaches } from '../../upstream/resolver/name-caches.ts';
import { DnsNameServers } from '../../upstream/resolver/name-servers.ts';
import { systemLookup } from '../../upstream/resolver/system-names.ts';

export const NAMES: NameCaches = new NameCaches(
  (rules, log) => new DnsNameServers({ rules, lookup: systemLookup, clock: systemClock, log }),
  systemClock,
);
