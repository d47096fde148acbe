/** One address of an upstream in one edge thread, with what is configured of it and the place of its numbers. All numbers are read and changed under the lock of the upstream. */

import type { UpstreamServer } from '../../config/model/upstream.ts';
import type { Peer } from '../peer-choice.ts';
import { HEALTH, PEER } from './peer-fields.ts';
import type { PeerMemory } from './peer-memory.ts';

/** What a server says of all its addresses. */
export type PeerRules = Pick<
  UpstreamServer,
  'text' | 'host' | 'weight' | 'connectionsMax' | 'failsMax' | 'failTimeoutMs' | 'slowStartMs' | 'isBackup' | 'isDown'
> & { readonly isDraining: boolean };

export interface PeerSlotParts extends Pick<Peer, 'name' | 'address'> {
  readonly memory: PeerMemory;
  /** The place of its numbers. */
  readonly at: number;
  readonly rules: PeerRules;
  readonly serverId: string;
}

export class PeerSlot implements Peer {
  readonly name: string;
  readonly address: Peer['address'];
  readonly host: string;
  readonly rules: PeerRules;
  /** By what sticky sessions know it; '' where there are none. */
  readonly serverId: string;
  readonly #memory: PeerMemory;
  readonly #numbers: Float64Array;
  readonly #at: number;
  /** Lists and requests of this thread. */
  #users = 1;

  constructor({ memory, at, name, address, rules, serverId }: PeerSlotParts) {
    this.name = name;
    this.address = address;
    this.host = rules.host;
    this.serverId = serverId;
    this.rules = rules;
    this.#memory = memory;
    this.#numbers = memory.numbers;
    this.#at = at;
    if (this.read('weight') !== rules.weight) {
      this.write('weight', rules.weight);
      this.write('effectiveWeight', rules.weight);
    }
  }

  read(field: keyof typeof PEER): number {
    return this.#numbers[this.#at + PEER[field]] ?? 0;
  }

  write(field: keyof typeof PEER, value: number): void {
    this.#numbers[this.#at + PEER[field]] = value;
  }

  add(field: keyof typeof PEER, value: number): void {
    this.#numbers[this.#at + PEER[field]] = this.read(field) + value;
  }

  /** `status`: 100 to 599. */
  countResponse(status: number): void {
    const at = this.#at + PEER.responses + Math.trunc(status / 100) - 1;
    this.#numbers[at] = (this.#numbers[at] ?? 0) + 1;
  }

  /** Responses by the first digit of their status, from 1xx to 5xx. */
  responses(): readonly number[] {
    return [...this.#numbers.subarray(this.#at + PEER.responses, this.#at + PEER.responses + 5)];
  }

  use(): void {
    this.#users += 1;
  }

  /** Nothing of this slot may be asked behind the last. */
  leave(): void {
    this.#users -= 1;
    if (this.#users === 0) {
      this.#memory.close(this.#at);
    }
  }

  /** As ngx_http_upstream_round_robin.c has it: after `max_fails` failures it is left alone for `fail_timeout`; then one request tries it. */
  isDead(nowMs: number): boolean {
    const { failsMax, failTimeoutMs } = this.rules;
    return failsMax > 0 && this.read('fails') >= failsMax && nowMs - this.read('checkedMs') <= failTimeoutMs;
  }

  get isHealthy(): boolean {
    const health = this.read('health');
    return health !== HEALTH.unhealthy && health !== HEALTH.checking;
  }

  get isFull(): boolean {
    const { connectionsMax } = this.rules;
    return connectionsMax > 0 && this.read('active') >= connectionsMax;
  }

  /** How much of its weight counts: it grows while a peer that has come back starts slowly. */
  share(nowMs: number): number {
    const { slowStartMs } = this.rules;
    const backMs = slowStartMs === 0 ? 0 : this.read('backMs');
    return backMs === 0 ? 1 : Math.min(1, Math.max(SHARE_MIN, (nowMs - backMs) / slowStartMs));
  }

  take(nowMs: number): void {
    this.#users += 1;
    this.add('active', 1);
    this.add('requests', 1);
    this.write('selectedMs', nowMs);
  }

  /** Of several peers, the one that is asked now is looked at: whether it lives. */
  look(nowMs: number): void {
    if (nowMs - this.read('checkedMs') > this.rules.failTimeoutMs) {
      this.write('checkedMs', nowMs);
    }
  }

  /** Gives true where it is taken for dead now. */
  fail(nowMs: number): boolean {
    const { failsMax, weight } = this.rules;
    this.add('fails', 1);
    this.write('checkedMs', nowMs);
    this.write('failedMs', nowMs);
    if (failsMax === 0) {
      return false;
    }
    this.write('effectiveWeight', Math.max(0, this.read('effectiveWeight') - Math.trunc(weight / failsMax)));
    const fails = this.read('fails');
    if (fails === failsMax) {
      this.add('unavailable', 1);
      this.goDown(nowMs);
    }
    return fails >= failsMax;
  }

  /** Of a peer that was looked at since its last failure. */
  succeed(nowMs: number): void {
    if (this.read('failedMs') >= this.read('checkedMs') && this.read('fails') > 0) {
      return;
    }
    const { failsMax } = this.rules;
    const wasDead = failsMax > 0 && this.read('fails') >= failsMax;
    this.write('fails', 0);
    if (wasDead) {
      this.comeBack(nowMs);
    }
  }

  goDown(nowMs: number): void {
    if (this.read('downSinceMs') === 0) {
      this.write('downSinceMs', nowMs);
    }
  }

  comeBack(nowMs: number): void {
    const sinceMs = this.read('downSinceMs');
    if (sinceMs > 0) {
      this.add('downMs', nowMs - sinceMs);
      this.write('downSinceMs', 0);
    }
    this.write('backMs', nowMs);
  }

  average(field: 'connectMs' | 'headMs' | 'wholeMs' | 'unfinishedMs', ms: number): void {
    const before = this.read(field);
    // nginx's moving average, in whole milliseconds.
    this.write(field, before === 0 ? Math.trunc(ms) : Math.trunc(0.5 + ms * 0.05 + before * 0.95));
  }
}

/** Of its weight: with nothing at all, a peer that comes back alone could not be chosen. */
const SHARE_MIN = 0.01;
