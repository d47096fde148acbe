/** The peers of one upstream in one edge thread. Their numbers are shared with the other threads and with the plan before and behind this one. */

import type { Upstream, UpstreamServer } from '../../config/model/upstream.ts';
import type { Clock } from '../../kernel/clock.ts';
import { isEqual } from '../../kernel/is-equal.ts';
import type { Peer, PeerChoice, PeerGroup, PeerRequest } from '../peer-choice.ts';
import { newBalancer } from './balancing/new-balancer.ts';
import type { ChoiceRules } from './group-choice.ts';
import { GroupChoice } from './group-choice.ts';
import { beginHealth } from './health/peer-health.ts';
import { GROUP, IDLE_COUNTERS, PEER } from './peer-fields.ts';
import type { PeerList } from './peer-list.ts';
import { newPeerList } from './peer-list.ts';
import type { PeerMemory } from './peer-memory.ts';
import type { PeerRules } from './peer-slot.ts';
import { PeerSlot } from './peer-slot.ts';
import { serverIdOf } from './sticky/server-id.ts';
import { SessionTable } from './sticky/session-table.ts';
import { Stickiness } from './sticky/stickiness.ts';
import { WaitingQueue } from './waiting-queue.ts';

/** One address of a server, and what is said of it where that differs from its server: records of services have weights of their own. */
export interface PeerAddress {
  readonly server: UpstreamServer;
  readonly name: string;
  readonly address: Peer['address'];
  readonly weight?: number;
  readonly isBackup?: boolean;
  /** By what it is known to consistent hashing; undefined: as the server is written. */
  readonly text?: string;
}

export interface UpstreamGroupParts {
  readonly upstream: Upstream;
  readonly kind: 'http' | 'stream';
  readonly memory: PeerMemory;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly chance: () => number;
  /** Of `sticky learn`. */
  readonly sessions?: SharedArrayBuffer;
}

export class UpstreamGroup implements PeerGroup {
  readonly name: string;
  readonly queue: WaitingQueue | undefined;
  readonly #parts: UpstreamGroupParts;
  readonly #at: number;
  readonly #rules: ChoiceRules;
  #slots: ReadonlyMap<string, PeerSlot> = new Map();
  #list: PeerList = newPeerList([]);
  /** Peers that are no more, and have requests. */
  readonly #removed = new Set<PeerSlot>();

  /** Throws where there is no room for its numbers. */
  constructor(parts: UpstreamGroupParts) {
    const { upstream, memory, clock, chance } = parts;
    const { balancing, name } = upstream;
    this.name = name;
    this.#parts = parts;
    this.#at = memory.openGroup(`${parts.kind} ${name}`, clock.monotonicMs());
    if (this.#at < 0) {
      throw new Error(`there is no room for the upstream "${name}"`);
    }
    const { queue } = upstream;
    this.queue = queue && new WaitingQueue({ memory, group: this.#at, clock, ...queue });
    const until = balancing.kind === 'least-time' && balancing.countsUnfinished ? balancing.until : undefined;
    this.#rules = {
      balancer: newBalancer(balancing, chance),
      isInTurns: balancing.kind === 'round-robin',
      sticky: newStickiness(parts),
      key: balancing.kind === 'hash' ? balancing.key : undefined,
      unfinishedUntil: until === undefined ? undefined : until === 'last-byte' ? 'whole' : 'head',
      clock,
      list: () => this.#list,
      lock: () => memory.lock(this.#at),
      unlock: () => memory.unlock(this.#at),
      isWaitedFor: () => this.queue?.isWaitedIn ?? false,
      onFreed: () => this.queue?.wake(),
    };
  }

  get peers(): readonly PeerSlot[] {
    return [...this.#slots.values()];
  }

  /** The place of its numbers. */
  get at(): number {
    return this.#at;
  }

  get kind(): 'http' | 'stream' {
    return this.#parts.kind;
  }

  get upstream(): Upstream {
    return this.#parts.upstream;
  }

  /** What is read of the peers at once belongs together. */
  read<T>(reader: (peers: readonly PeerSlot[]) => T): T {
    this.#rules.lock();
    try {
      return reader(this.peers);
    } finally {
      this.#rules.unlock();
    }
  }

  /** Plans that come and go in one thread change the same number. */
  countIdle(change: number): void {
    const { memory } = this.#parts;
    const at = this.#at + GROUP.idle + (memory.self % IDLE_COUNTERS);
    memory.numbers[at] = (memory.numbers[at] ?? 0) + change;
  }

  /** Idle connections of all threads. */
  get idle(): number {
    const from = this.#at + GROUP.idle;
    return this.#parts.memory.numbers.subarray(from, from + IDLE_COUNTERS).reduce((sum, count) => sum + count, 0);
  }

  choose(request: PeerRequest): PeerChoice {
    return new GroupChoice(this.#rules, request);
  }

  /** How many peers have been taken out of the list and still have requests. */
  get zombies(): number {
    this.#forgetIdle();
    return this.#removed.size;
  }

  #forgetIdle(): void {
    for (const slot of this.#removed) {
      if (slot.read(PEER.active) === 0) {
        this.#removed.delete(slot);
        slot.leave();
      }
    }
  }

  /** From now on these are the peers; those that were among them before keep their numbers. Gives how many had no room. */
  setPeers(addresses: readonly PeerAddress[]): number {
    const before = this.#slots;
    this.#forgetIdle();
    const slots = new Map<string, PeerSlot>();
    let homeless = 0;
    for (const each of addresses) {
      const key = keyOf(each.name, slots);
      const slot = this.#sameSlot(before.get(key), each) ?? this.#newSlot(key, each);
      if (slot === undefined) {
        homeless += 1;
      } else {
        slots.set(key, slot);
      }
    }
    this.#slots = slots;
    this.#list = newPeerList([...slots.values()]);
    for (const [key, slot] of before) {
      if (slots.has(key) || slot.read(PEER.active) === 0) {
        slot.leave();
      } else {
        this.#removed.add(slot);
      }
    }
    return homeless;
  }

  #sameSlot(slot: PeerSlot | undefined, address: PeerAddress): PeerSlot | undefined {
    if (slot === undefined || !isEqual(slot.rules, rulesOf(address))) {
      return undefined;
    }
    slot.use();
    return slot;
  }

  #newSlot(key: string, address: PeerAddress): PeerSlot | undefined {
    const { memory, clock, upstream, kind } = this.#parts;
    const at = memory.openPeer(`${kind} ${this.name}`, key, clock.monotonicMs());
    if (at < 0) {
      return undefined;
    }
    const serverId = upstream.sticky === undefined ? '' : serverIdOf(address.server.route, address.name);
    const slot = new PeerSlot({ ...address, memory, at, serverId, rules: rulesOf(address) });
    beginHealth(slot, upstream.healthCheck, clock.monotonicMs());
    return slot;
  }

  /** Requests that still have peers give them back as before. */
  close(): void {
    this.setPeers([]);
    for (const slot of this.#removed) {
      slot.leave();
    }
    this.#removed.clear();
    this.#parts.memory.close(this.#at);
  }
}

function newStickiness({ upstream: { sticky }, sessions, clock }: UpstreamGroupParts): Stickiness | undefined {
  if (sticky === undefined) {
    return undefined;
  }
  const table =
    sticky.kind === 'learn' && sessions !== undefined
      ? new SessionTable(sessions, sticky.bytes, sticky.timeoutMs)
      : undefined;
  return new Stickiness(sticky, table, clock);
}

/** A server that stands twice in an upstream is two peers. */
function keyOf(name: string, slots: ReadonlyMap<string, PeerSlot>): string {
  let key = name;
  for (let count = 2; slots.has(key); count += 1) {
    key = `${name}#${count}`;
  }
  return key;
}

function rulesOf({ server, weight, isBackup, text = server.text }: PeerAddress): PeerRules {
  const { host, connectionsMax, failsMax, failTimeoutMs, slowStartMs, isDown, isDraining } = server;
  return {
    ...{ text, host, connectionsMax, failsMax, failTimeoutMs, slowStartMs, isDown },
    isDraining: isDraining === true,
    weight: weight ?? server.weight,
    isBackup: isBackup ?? server.isBackup,
  };
}
