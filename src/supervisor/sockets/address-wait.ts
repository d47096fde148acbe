/**
 * Waits for an address that a Portico which is ending still holds, as in `kill PID; portico serve …`. A server that ends closes its sockets soon,
 * long before its last request has ended. An address that another program holds is refused at once; one of a Portico that goes on serving, after a
 * second.
 */

import type { BindAddress } from '../../config/bind-address.ts';
import { renderBindAddress } from '../../config/bind-address.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import { findPortHolders } from './port-holder.ts';

/** How `ps` names the supervisor and the edge. A supervisor that ends closes its sockets first, so the edge alone may still hold the address. */
const OURS = /^(?:portico(?::| serve)|nginx: master process portico )/;
const EDGE = /^portico: edge/;

export interface Waiting {
  readonly findHolders: (address: BindAddress) => readonly string[];
  readonly pause: (ms: number) => Promise<void>;
  /** Tells the operator that an address is waited for, and who holds it. */
  readonly tell: (text: string) => void;
}

export function waitingFor(tell: (text: string) => void): Waiting {
  return { findHolders: findPortHolders, pause: (ms) => new Promise((done) => setTimeout(done, ms)), tell };
}

/** Binds an address, and tries again for as long as its holder may be about to close it. */
export async function bindWhenFree<T>(
  address: BindAddress,
  bind: () => Promise<Outcome<T>>,
  { findHolders, pause, tell }: Waiting,
): Promise<Outcome<T>> {
  const { bindRetryMs, bindPatienceMs, bindEndingPatienceMs } = SUPERVISOR_LIMITS;
  let bound = await bind();
  let wasHeld = true;
  for (let waitedMs = 0; !bound.ok; waitedMs += bindRetryMs) {
    const holders = findHolders(address);
    // A holder may have closed the address after the attempt: when nobody holds it any more, it is worth one attempt more.
    const isOurs = holders.every((holder) => OURS.test(holder)) && (holders.length > 0 || wasHeld);
    const isEnding = isOurs && holders.every((holder) => EDGE.test(holder));
    wasHeld = holders.length > 0;
    if (!isOurs || waitedMs >= (isEnding ? bindEndingPatienceMs : bindPatienceMs)) {
      return bound;
    }
    if (waitedMs === bindPatienceMs && wasHeld) {
      tell(`${renderBindAddress(address)} is still held by ${holders.join(', ')}, which is ending; it is waited for`);
    }
    await pause(bindRetryMs);
    bound = await bind();
  }
  return bound;
}
