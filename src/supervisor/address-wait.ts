/**
 * An address may still be held by a server of ours that was told to end a moment ago, as in `kill PID; portico serve …`. It lets go of it
 * soon, long before its last request has ended, so that is waited for. Anybody else's address is refused at once, and that of a server of ours that
 * goes on after a second.
 */

import type { BindAddress } from '../config/bind-address.ts';
import { renderBindAddress } from '../config/bind-address.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import { findPortHolders } from './port-holder.ts';

/** As `ps` shows our processes. The supervisor lets go of its sockets when it begins to end, and the edge is left. */
const OURS = /^portico(?::| serve)/;
const EDGE = /^portico: edge/;

export interface Waiting {
  readonly findHolders: (address: BindAddress) => readonly string[];
  readonly pause: (ms: number) => Promise<void>;
  /** What is waited for. */
  readonly tell: (text: string) => void;
}

export function waitingFor(tell: (text: string) => void): Waiting {
  return { findHolders: findPortHolders, pause: (ms) => new Promise((done) => setTimeout(done, ms)), tell };
}

/** Tries once, and again for as long as it may still succeed. */
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
    // Whoever held it may have let go of it since, so nobody means another try.
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
