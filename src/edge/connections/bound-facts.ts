/** What is known of an address that the supervisor has bound, by itself and by the model. */

import { allListeners } from '../../config/model/all-listeners.ts';
import type { EdgeModel } from '../../config/model/server-model.ts';
import { renderHostPort } from '../../kernel/addresses/render-host.ts';
import { assert } from '../../kernel/assert.ts';
import type { BoundListener } from '../../protocol/control/edge.ts';

/** What makes one address another than a second one. */
export function keyOf(listener: BoundListener): string {
  return `${addressOf(listener)} ${listener.isTls ? 'tls' : ''} ${listener.isStream ? 'stream' : ''}`;
}

export function addressOf({ kind, address, port, path }: BoundListener): string {
  return `${kind} ${kind === 'unix' ? path : `${address} ${port}`}`;
}

/** Behind the sites stand the servers of streams. */
export function siteOfStream({ listener }: BoundListener, { listeners, sites, streams }: EdgeModel): number {
  return sites.length + (streams?.listeners[listener - listeners.length]?.stream ?? 0);
}

/** Its clients may have connected to any address of this machine. */
export function isOfAll({ address }: BoundListener): boolean {
  return address === '0.0.0.0' || address === '::';
}

export function hasProxyHeader({ listener }: BoundListener, model: EdgeModel): boolean {
  return allListeners(model)[listener]?.hasProxyHeader === true;
}

export function backlogOf({ listener }: BoundListener, model: EdgeModel): number {
  const { backlog } = allListeners(model)[listener] ?? {};
  assert(backlog !== undefined, `the model has no listener ${listener}`);
  return backlog;
}

/** As nginx's error logs have it. */
export function nameOf({ kind, address, port, path }: BoundListener): string {
  return kind === 'unix' ? `unix:${path}` : renderHostPort(address, port);
}
