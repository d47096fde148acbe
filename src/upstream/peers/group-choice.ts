/** Which peers one request is sent to, one after the other, and what is learnt of them. */

import type { Template } from '../../config/model/template.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Peer, PeerOutcome, PeerRequest, PeerTimes } from '../peer-choice.ts';
import type { Balancer } from './balancing/balancer.ts';
import { ageUnfinished, beginUnfinished, endUnfinished } from './balancing/response-time.ts';
import { turnTo } from './balancing/round-robin.ts';
import { PEER } from './peer-fields.ts';
import type { PeerList } from './peer-list.ts';
import type { PeerSlot } from './peer-slot.ts';
import type { PeerHint, Stickiness } from './sticky/stickiness.ts';
import { Tried } from './tried.ts';
import type { WaitingChoice } from './waiting-queue.ts';

/** What the choices of all requests of an upstream have in common. */
export interface ChoiceRules {
  readonly balancer: Balancer;
  /** Peers take turns, and one that a client asks for takes its own. */
  readonly isInTurns: boolean;
  readonly sticky: Stickiness | undefined;
  /** Of `hash`. */
  readonly key: Template | undefined;
  /** Requests that wait for their response count as if it came now: `least_time … inflight`; undefined: they do not. */
  readonly unfinishedUntil: 'head' | 'whole' | undefined;
  readonly clock: Clock;
  /** Requests wait for peers, and whoever comes now waits behind them. */
  isWaitedFor(): boolean;
  /** The list of this moment: names may get other addresses meanwhile. */
  list(): PeerList;
  lock(): void;
  unlock(): void;
  /** A peer has one request less. */
  onFreed(): void;
}

export class GroupChoice implements WaitingChoice {
  triesLeft: number;
  readonly #rules: ChoiceRules;
  readonly #tried: Tried;
  /** The client has a peer of its own. */
  readonly #hint: PeerHint | undefined;
  #current: PeerSlot | undefined;
  /** The peers of this list are all that there are: its failures are not counted. */
  #isSingle = false;
  #isUnfinished = false;

  constructor(rules: ChoiceRules, request: PeerRequest) {
    this.#rules = rules;
    this.#tried = new Tried(request);
    if (rules.key !== undefined) {
      this.#tried.key = request.text(rules.key);
    }
    this.triesLeft = rules.list().triesMax;
    this.#hint = rules.sticky?.hintOf(request);
  }

  get setCookie(): string | undefined {
    return this.#current === undefined ? undefined : this.#rules.sticky?.cookieFor(this.#tried.request, this.#current);
  }

  next(nowMs?: number): Peer | 'full' | undefined {
    return this.#rules.isWaitedFor() ? 'full' : this.nextInQueue(nowMs);
  }

  nextInQueue(nowMs: number = this.#rules.clock.monotonicMs()): Peer | 'full' | undefined {
    const { unfinishedUntil } = this.#rules;
    const tried = this.#tried;
    tried.hasSeenFull = false;
    this.#rules.lock();
    const peer = this.#pick(nowMs);
    if (peer !== undefined) {
      peer.take(nowMs);
      if (unfinishedUntil !== undefined) {
        beginUnfinished(peer, nowMs);
        this.#isUnfinished = true;
      }
    }
    this.#rules.unlock();
    if (peer === undefined) {
      return tried.hasSeenFull ? 'full' : undefined;
    }
    this.#current = peer;
    tried.note(peer);
    return peer;
  }

  #pick(nowMs: number): PeerSlot | undefined {
    const { balancer, unfinishedUntil } = this.#rules;
    const tried = this.#tried;
    const list = this.#rules.list();
    this.#isSingle = list.isSingle;
    if (list.isSingle) {
      const [only] = list.peers;
      const wanted = this.#takeWanted(list, nowMs);
      return wanted ?? (only !== undefined && tried.mayTakeOnly(only) ? only : undefined);
    }
    for (let some: PeerList | undefined = list; some !== undefined; some = some.backup) {
      if (unfinishedUntil !== undefined) {
        for (const peer of some.peers) {
          ageUnfinished(peer, nowMs);
        }
      }
      const peer = this.#takeWanted(some, nowMs) ?? balancer(some, tried, nowMs);
      if (peer !== undefined) {
        peer.look(nowMs);
        return peer;
      }
    }
    return undefined;
  }

  #takeWanted(list: PeerList, nowMs: number): PeerSlot | undefined {
    const wanted = this.#hint === undefined ? undefined : this.#rules.sticky?.find(this.#hint, list.peers);
    if (wanted === undefined || !this.#tried.mayTakeWanted(wanted, nowMs)) {
      return undefined;
    }
    if (this.#rules.isInTurns) {
      turnTo(wanted, list, this.#tried, nowMs);
    }
    return wanted;
  }

  onConnected(): void {
    const peer = this.#current;
    if (peer !== undefined) {
      this.#rules.lock();
      peer.succeed(this.#rules.clock.monotonicMs());
      this.#rules.unlock();
    }
  }

  onHead(headMs: number): void {
    const peer = this.#current;
    if (peer !== undefined) {
      this.#rules.sticky?.learn(this.#tried.request, peer, true);
    }
    if (peer === undefined || !this.#isUnfinished || this.#rules.unfinishedUntil !== 'head') {
      return;
    }
    this.#rules.lock();
    peer.average(PEER.headMs, headMs);
    this.#endUnfinished(peer, headMs);
    this.#rules.unlock();
  }

  release(outcome: PeerOutcome, status: number, times: PeerTimes): boolean {
    const peer = this.#current;
    if (peer === undefined) {
      return false;
    }
    if (outcome === 'succeeded') {
      this.#rules.sticky?.learn(this.#tried.request, peer, false);
    }
    this.#current = undefined;
    this.#rules.lock();
    const isDisabled = this.#settle(peer, outcome, status, times);
    this.#rules.unlock();
    peer.leave();
    this.triesLeft = this.#isSingle ? 0 : Math.max(0, this.triesLeft - 1);
    this.#rules.onFreed();
    return isDisabled;
  }

  #settle(peer: PeerSlot, outcome: PeerOutcome, status: number, times: PeerTimes): boolean {
    const nowMs = times.endedMs ?? this.#rules.clock.monotonicMs();
    peer.add(PEER.active, -1);
    peer.add(PEER.sentBytes, times.sentBytes);
    peer.add(PEER.receivedBytes, times.receivedBytes);
    if (this.#isUnfinished) {
      this.#endUnfinished(peer, times.wholeMs ?? 0);
    }
    if (status > 0) {
      peer.countResponse(status);
    }
    switch (outcome) {
      case 'unused':
        return false;
      case 'succeeded':
        this.#learn(peer, times);
        peer.succeed(nowMs);
        return false;
      case 'failed':
        peer.add(PEER.failsTotal, 1);
        return !this.#isSingle && peer.fail(nowMs);
    }
  }

  /** Only responses count: a peer that fails at once would seem to be the fastest. */
  #learn(peer: PeerSlot, { connectMs, headMs, wholeMs }: PeerTimes): void {
    if (connectMs !== undefined) {
      peer.average(PEER.connectMs, connectMs);
    }
    if (headMs === undefined) {
      return;
    }
    peer.average(PEER.wholeMs, wholeMs ?? 0);
    // Where unfinished requests count until their head, `onHead` has told it.
    if (this.#rules.unfinishedUntil !== 'head') {
      peer.average(PEER.headMs, headMs);
    }
  }

  #endUnfinished(peer: PeerSlot, ms: number): void {
    this.#isUnfinished = false;
    endUnfinished(peer, ms, this.#rules.clock.monotonicMs());
  }
}
