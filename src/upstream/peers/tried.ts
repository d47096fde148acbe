/** What a request remembers of the peers of its upstream while one is chosen. */

import type { PeerRequest } from '../peer-choice.ts';
import type { PeerSlot } from './peer-slot.ts';

export class Tried {
  readonly request: PeerRequest;
  /** A peer that would have been chosen has all the connections that it may have. */
  hasSeenFull = false;
  /** Of `hash`. */
  key = '';
  /** How often a peer that a hash, or chance, has named could not be taken. */
  misses = 0;
  /** Of the balancing by hashes: what it goes on with at the next peer. */
  hash = -1;
  rehash = 0;
  #last: PeerSlot | undefined;
  #others: Set<PeerSlot> | undefined;

  constructor(request: PeerRequest) {
    this.request = request;
  }

  note(peer: PeerSlot): void {
    if (this.#last !== undefined) {
      this.#others ??= new Set();
      this.#others.add(this.#last);
    }
    this.#last = peer;
  }

  has(peer: PeerSlot): boolean {
    return peer === this.#last || this.#others?.has(peer) === true;
  }

  /** The peer of an upstream that has no other: its failures do not count, and it is asked once. */
  mayTakeOnly(peer: PeerSlot): boolean {
    return !peer.rules.isDraining && this.#isOpen(peer) && this.#hasRoom(peer);
  }

  /** The peer may be asked, and was not yet. */
  mayTake(peer: PeerSlot, nowMs: number): boolean {
    return !peer.rules.isDraining && this.mayTakeWanted(peer, nowMs);
  }

  /** The client belongs to it. */
  mayTakeWanted(peer: PeerSlot, nowMs: number): boolean {
    return this.#isOpen(peer) && !peer.isDead(nowMs) && this.#hasRoom(peer);
  }

  #isOpen(peer: PeerSlot): boolean {
    return !peer.rules.isDown && !this.has(peer) && peer.isHealthy;
  }

  #hasRoom(peer: PeerSlot): boolean {
    this.hasSeenFull ||= peer.isFull;
    return !peer.isFull;
  }
}
