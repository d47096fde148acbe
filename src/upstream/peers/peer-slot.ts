/** One address of an upstream in one edge thread, with what is configured of it and the place of its numbers. All numbers are read and changed under the lock of the upstream. */

import type { UpstreamServer } from '../../config/model/upstream.ts';
import type { Peer } from '../peer-choice.ts';
import type { PeerField } from './peer-fields.ts';
import { CODE_STEP, CODES, HEALTH, PEER } from './peer-fields.ts';
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
    if (this.read(PEER.weight) !== rules.weight) {
      this.write(PEER.weight, rules.weight);
      this.write(PEER.effectiveWeight, rules.weight);
    }
  }

  read(field: PeerField): number {
    return this.#numbers[this.#at + field] ?? 0;
  }

  write(field: PeerField, value: number): void {
    this.#numbers[this.#at + field] = value;
  }

  add(field: PeerField, value: number): void {
    this.#numbers[this.#at + field] = this.read(field) + value;
  }

  /** `status`: 100 to 599. */
  countResponse(status: number): void {
    const at = this.#at + PEER.responses + Math.trunc(status / 100) - 1;
    this.#numbers[at] = (this.#numbers[at] ?? 0) + 1;
    this.#countCode(status);
  }

  #countCode(status: number): void {
    const first = this.#at + PEER.codes;
    for (let at = first; at < first + CODES; at += 1) {
      const counted = this.#numbers[at] ?? 0;
      if (counted === 0) {
        this.#numbers[at] = CODE_STEP + status;
        return;
      }
      if (counted % CODE_STEP === status) {
        this.#numbers[at] = counted + CODE_STEP;
        return;
      }
    }
  }

  /** By status. */
  codes(): Readonly<Record<string, number>> {
    const from = this.#at + PEER.codes;
    const counted = [...this.#numbers.subarray(from, from + CODES)].filter((number) => number > 0);
    return Object.fromEntries(counted.map((number) => [number % CODE_STEP, Math.trunc(number / CODE_STEP)]));
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
    return failsMax > 0 && this.read(PEER.fails) >= failsMax && nowMs - this.read(PEER.checkedMs) <= failTimeoutMs;
  }

  get isHealthy(): boolean {
    const health = this.read(PEER.health);
    return health !== HEALTH.unhealthy && health !== HEALTH.checking;
  }

  get isFull(): boolean {
    const { connectionsMax } = this.rules;
    return connectionsMax > 0 && this.read(PEER.active) >= connectionsMax;
  }

  /** How much of its weight counts: it grows while a peer that has come back starts slowly. */
  share(nowMs: number): number {
    const { slowStartMs } = this.rules;
    const backMs = slowStartMs === 0 ? 0 : this.read(PEER.backMs);
    return backMs === 0 ? 1 : Math.min(1, Math.max(SHARE_MIN, (nowMs - backMs) / slowStartMs));
  }

  take(nowMs: number): void {
    this.#users += 1;
    this.add(PEER.active, 1);
    this.add(PEER.requests, 1);
    this.write(PEER.selectedMs, nowMs);
  }

  /** Of several peers, the one that is asked now is looked at: whether it lives. */
  look(nowMs: number): void {
    if (nowMs - this.read(PEER.checkedMs) > this.rules.failTimeoutMs) {
      this.write(PEER.checkedMs, nowMs);
    }
  }

  /** Gives true where it is taken for dead now. */
  fail(nowMs: number): boolean {
    const { failsMax, weight } = this.rules;
    this.add(PEER.fails, 1);
    this.write(PEER.checkedMs, nowMs);
    this.write(PEER.failedMs, nowMs);
    if (failsMax === 0) {
      return false;
    }
    this.write(PEER.effectiveWeight, Math.max(0, this.read(PEER.effectiveWeight) - Math.trunc(weight / failsMax)));
    const fails = this.read(PEER.fails);
    if (fails === failsMax) {
      this.add(PEER.unavailable, 1);
      this.goDown(nowMs);
    }
    return fails >= failsMax;
  }

  /** Of a peer that was looked at since its last failure. */
  succeed(nowMs: number): void {
    if (this.read(PEER.failedMs) >= this.read(PEER.checkedMs) && this.read(PEER.fails) > 0) {
      return;
    }
    const { failsMax } = this.rules;
    const wasDead = failsMax > 0 && this.read(PEER.fails) >= failsMax;
    this.write(PEER.fails, 0);
    if (wasDead) {
      this.comeBack(nowMs);
    }
  }

  goDown(nowMs: number): void {
    if (this.read(PEER.downSinceMs) === 0) {
      this.write(PEER.downSinceMs, nowMs);
    }
  }

  comeBack(nowMs: number): void {
    const sinceMs = this.read(PEER.downSinceMs);
    if (sinceMs > 0) {
      this.add(PEER.downMs, nowMs - sinceMs);
      this.write(PEER.downSinceMs, 0);
    }
    this.write(PEER.backMs, nowMs);
  }

  average(field: PeerField, ms: number): void {
    const before = this.read(field);
    // nginx's moving average, in whole milliseconds.
    this.write(field, before === 0 ? Math.trunc(ms) : Math.trunc(0.5 + ms * 0.05 + before * 0.95));
  }
}

/** Of its weight: with nothing at all, a peer that comes back alone could not be chosen. */
const SHARE_MIN = 0.01;
