/** What --reload does beside the server: it watches the sources, and says who sees them. */

import type { Listener } from '../protocol/control/edge.ts';
import type { Log } from './log/log.ts';
import { isFolder } from './paths.ts';
import type { Site } from './prepare.ts';
import { addressOf } from './sockets/address-of.ts';
import { watchSources } from './watch.ts';
import { placesOf } from './watch-rules.ts';

export function develop(site: Site, log: Log, reload: (why: string) => void): void {
  const open = site.listeners.filter(isOpen);
  if (open.length > 0) {
    log.say(
      'warning',
      `--reload shows source code with each exception to whoever reaches ${open.map(addressOf).join(', ')} from a private network. It is for development; --bind 127.0.0.1:${open[0]?.port} is for this machine alone`,
    );
  }
  const places = placesOf(site.model, site, isFolder);
  watchSources(places, {
    onChange: (path) => reload(`${path} has changed`),
    onFault: (message) => log.say('warning', message),
  });
}

function isOpen({ kind, address }: Listener): boolean {
  return kind === 'tcp' && address !== '::1' && !address.startsWith('127.');
}
