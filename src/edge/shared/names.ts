/** Names that this thread looks up by resolvers, whichever plans come and go. Loaded only where something has a name that is looked up. */

import { systemClock } from '../../kernel/clock.ts';
import { NameCaches } from '../../upstream/resolver/name-caches.ts';
import { DnsNameServers } from '../../upstream/resolver/name-servers.ts';
import { systemLookup } from '../../upstream/resolver/system-names.ts';
import { CountedLog } from '../faults/counted-log.ts';

export const NAMES: NameCaches = new NameCaches((rules, log) => {
  // Who may say which name is looked up could fill the disk where no name server answers.
  const lines = new CountedLog('', log, (_address, text) => text);
  const tell = (text: string): void => lines.tell('', text);
  return new DnsNameServers({ rules, lookup: systemLookup, clock: systemClock, log: tell });
}, systemClock);
