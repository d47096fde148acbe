/**
 * The health checks of one upstream. Each edge thread has this object, and one of them asks: whoever holds the lease in the shared memory. A thread that ends, or stands
 * still, does not renew it, and another takes over. What comes out is in the numbers of the peers, which all threads go by.
 */

import type { HealthCheck } from '../../../config/model/upstream.ts';
import type { ConnectionParts } from '../../connections/upstream-connection.ts';
import { GROUP, PEER } from '../peer-fields.ts';
import type { PeerMemory } from '../peer-memory.ts';
import { wordAt } from '../peer-memory.ts';
import type { PeerSlot } from '../peer-slot.ts';
import type { UpstreamGroup } from '../upstream-group.ts';
import type { Probe, ProbeDone } from './connection-probe.ts';
import { compileHealthMatch } from './health-match.ts';
import { noteCheck } from './peer-health.ts';
import type { Asked, Probing } from './probe.ts';

export interface HealthChecksParts {
  readonly group: UpstreamGroup;
  readonly check: HealthCheck;
  readonly memory: PeerMemory;
  readonly connections: ConnectionParts;
  readonly asked: Asked;
  readonly probe: (peer: PeerSlot, probing: Probing, done: ProbeDone) => Probe;
  /** From 0 to below 1. */
  readonly chance: () => number;
  readonly log: (level: 'info' | 'warning', text: string) => void;
}

/** So often it is looked whose check is due. */
const LOOK_MS = 500;
/** A thread that has been silent for so long does not check any more. */
const LEASE_MS = 5000;
/** Checks of one upstream that go on at once: each is a connection, and up to 256 KB where a regex looks at bodies. */
const AT_ONCE = 256;

export class HealthChecks {
  readonly #parts: HealthChecksParts;
  readonly #probing: Probing;
  readonly #holderAt: number;
  /** In the lease: of this object, so that the next plan takes over from this one in the same thread. */
  readonly #self: number;
  readonly #running = new Map<PeerSlot, Probe>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: HealthChecksParts) {
    const { group, check, connections, asked, chance } = parts;
    this.#parts = parts;
    const judge = compileHealthMatch(asked.kind === 'request' ? asked.match : check.match);
    this.#probing = { check, connections, asked, judge };
    this.#holderAt = wordAt(group.at, GROUP.lock, 1);
    this.#self = 1 + Math.trunc(chance() * 0x3fffffff);
  }

  /** The newest plan checks. */
  begin(): void {
    const { memory, group, connections } = this.#parts;
    memory.words[this.#holderAt] = this.#self;
    memory.numbers[group.at + GROUP.checkerMs] = connections.clock.monotonicMs() + LEASE_MS;
    this.#timer = setInterval(() => this.#look(), Math.min(LOOK_MS, this.#parts.check.intervalMs));
    this.#timer.unref();
    this.#look();
  }

  close(): void {
    clearInterval(this.#timer);
    const { memory } = this.#parts;
    Atomics.compareExchange(memory.words, this.#holderAt, this.#self, 0);
    this.#stop();
  }

  #stop(): void {
    for (const probe of this.#running.values()) {
      probe.cancel();
    }
    this.#running.clear();
  }

  #look(): void {
    const { group, check, connections, chance } = this.#parts;
    const nowMs = connections.clock.monotonicMs();
    if (!group.read(() => this.#takesLease(nowMs))) {
      this.#stop();
      return;
    }
    const due = group.read((peers) =>
      peers
        .filter((peer) => this.#isDue(peer, nowMs))
        // The one that has waited longest first: servers that do not answer must not keep the others from being asked.
        .sort((one, other) => one.read(PEER.nextCheckMs) - other.read(PEER.nextCheckMs))
        .slice(0, AT_ONCE - this.#running.size),
    );
    for (const peer of due) {
      peer.write(PEER.nextCheckMs, nowMs + check.intervalMs + chance() * check.jitterMs);
      this.#check(peer);
    }
  }

  /** Under the lock. */
  #takesLease(nowMs: number): boolean {
    const { memory, group } = this.#parts;
    const holder = memory.words[this.#holderAt] ?? 0;
    const untilAt = group.at + GROUP.checkerMs;
    if (holder !== this.#self && holder !== 0 && (memory.numbers[untilAt] ?? 0) > nowMs) {
      return false;
    }
    memory.words[this.#holderAt] = this.#self;
    memory.numbers[untilAt] = nowMs + LEASE_MS;
    return true;
  }

  #isDue(peer: PeerSlot, nowMs: number): boolean {
    const { intervalMs, jitterMs } = this.#parts.check;
    const nextMs = peer.read(PEER.nextCheckMs);
    // A plan that has checked less often may have set the time.
    const isSoon = nextMs - nowMs > intervalMs + jitterMs;
    return !peer.rules.isDown && !this.#running.has(peer) && (nextMs <= nowMs || isSoon);
  }

  #check(peer: PeerSlot): void {
    let isOver = false;
    const probe = this.#parts.probe(peer, this.#probing, (fault) => {
      isOver = true;
      this.#running.delete(peer);
      this.#note(peer, fault);
    });
    if (!isOver) {
      this.#running.set(peer, probe);
    }
  }

  #note(peer: PeerSlot, fault: string | undefined): void {
    const { group, check, connections, log } = this.#parts;
    if (!group.peers.includes(peer)) {
      // The name has other addresses by now.
      return;
    }
    const change = group.read(() => noteCheck(peer, fault === undefined, check, connections.clock.monotonicMs()));
    const about = `health check of peer ${peer.name} in upstream "${group.name}"`;
    if (change === 'unhealthy') {
      log('warning', `peer is unhealthy: ${fault}, ${about}`);
    } else if (change === 'healthy') {
      log('info', `peer is healthy, ${about}`);
      group.queue?.wake();
    }
  }
}
