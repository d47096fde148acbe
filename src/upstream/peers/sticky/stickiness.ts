/** How requests find the peer again that their client had, and how that peer is remembered. */

import type { Sticky } from '../../../config/model/upstream.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { PeerRequest } from '../../peer-choice.ts';
import type { PeerSlot } from '../peer-slot.ts';
import { serverNumber } from './server-id.ts';
import type { SessionTable } from './session-table.ts';
import { renderStickyCookie } from './sticky-cookie.ts';

export type PeerHint = string | number;

export class Stickiness {
  readonly #sticky: Sticky;
  readonly #sessions: SessionTable | undefined;
  readonly #clock: Clock;
  readonly #numbers = new WeakMap<PeerSlot, number>();

  /** `sessions`: of `learn`. */
  constructor(sticky: Sticky, sessions: SessionTable | undefined, clock: Clock) {
    this.#sticky = sticky;
    this.#sessions = sessions;
    this.#clock = clock;
  }

  /** What is known of the client's peer: its id, or its number in the table of sessions. */
  hintOf(request: PeerRequest): PeerHint | undefined {
    const id = this.#idOf(request);
    return id === undefined || this.#sticky.kind !== 'learn'
      ? id
      : this.#sessions?.serverOf(id, this.#clock.monotonicMs());
  }

  /** The client's peer, if it is among these. */
  find(hint: PeerHint, peers: readonly PeerSlot[]): PeerSlot | undefined {
    return peers.find((peer) => (typeof hint === 'string' ? peer.serverId === hint : this.#numberOf(peer) === hint));
  }

  #idOf(request: PeerRequest): string | undefined {
    switch (this.#sticky.kind) {
      case 'cookie':
        return firstValue([`cookie_${this.#sticky.name}`], request);
      case 'route':
        return firstValue(this.#sticky.variables, request);
      case 'learn':
        return firstValue(this.#sticky.lookup, request);
    }
  }

  cookieFor(request: PeerRequest, { serverId }: PeerSlot): string | undefined {
    return this.#sticky.kind === 'cookie'
      ? renderStickyCookie(this.#sticky, serverId, request, this.#clock.nowMs())
      : undefined;
  }

  /** The peer has answered: its head is there, or all of its response. */
  learn(request: PeerRequest, peer: PeerSlot, isHead: boolean): void {
    const sticky = this.#sticky;
    if (sticky.kind !== 'learn' || sticky.atHeader !== isHead) {
      return;
    }
    const created = firstValue(sticky.create, request);
    const session = created ?? firstValue(sticky.lookup, request);
    if (session !== undefined) {
      this.#sessions?.note(session, this.#numberOf(peer), created !== undefined, this.#clock.monotonicMs());
    }
  }

  #numberOf(peer: PeerSlot): number {
    const known = this.#numbers.get(peer);
    if (known !== undefined) {
      return known;
    }
    const number = serverNumber(peer.serverId);
    this.#numbers.set(peer, number);
    return number;
  }
}

function firstValue(variables: readonly string[], request: PeerRequest): string | undefined {
  for (const variable of variables) {
    const value = request.variable(variable);
    if (value !== undefined && value !== '') {
      return value;
    }
  }
  return undefined;
}
