/** What --reload does beside the server: it watches the sources, and says who sees them. */

import type { BoundListener } from '../protocol/control/edge.ts';
import type { Log } from './log/log.ts';
import { isFolder } from './paths.ts';
import type { PreparedServer } from './prepare.ts';
import { addressOf } from './sockets/address-of.ts';
import { watchSources } from './watch.ts';
import { placesOf } from './watch-rules.ts';

export function develop(server: PreparedServer, log: Log, reload: (why: string) => void): void {
  const open = server.listeners.filter(isOpen);
  if (open.length > 0) {
    log.say(
      'warning',
      `--reload shows source code with each exception to whoever reaches ${open.map(addressOf).join(', ')} from a private network. It is for development; --bind 127.0.0.1:${open[0]?.port} is for this machine alone`,
    );
  }
  const { model, cwd } = server;
  const places = placesOf(model.development ?? NOTHING_NAMED, { cwd, apps: model.apps }, isFolder);
  watchSources(places, {
    onChange: (path) => reload(`${path} has changed`),
    onFault: (message) => log.say('warning', message),
  });
}

/** What is watched is found out from the applications. */
const NOTHING_NAMED = { folders: [], includes: [], excludes: [] };

function isOpen({ kind, address }: BoundListener): boolean {
  return kind !== 'unix' && address !== '::1' && !address.startsWith('127.');
}
