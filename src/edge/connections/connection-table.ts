/**
 * The connections of a thread, and their caps: how many in all and from one address, counted over all threads in shared memory.
 * One tick a second looks at their deadlines, so no connection has a timer of its own.
 */

import { Attention } from '../../kernel/attention.ts';
import type { Clock } from '../../kernel/clock.ts';
import { EDGE_LIMITS } from '../limits.ts';
import type { Traffic } from '../shared/traffic.ts';

export interface TrackedConnection {
  readonly address: string;
  /** What it shares with the connections of its address. */
  readonly services?: unknown;
  /** The request that is not over, the pipeline that it was handed to, and the status of its response: 0 before that begins. */
  readonly request?: { readonly pipeline: unknown; readonly status: number } | undefined;
  /** A head has begun to come. */
  readonly isReading?: boolean;
  onTick(nowMs: number): void;
  /** Closes the connection if it waits for a request; the client still gets the end of the last response. */
  closeIfIdle(): void;
  destroy(): void;
  /** An error of ours in the connection, which ends that connection alone. */
  onBug(error: unknown): void;
}

/** Counters that all threads see: [0] connections, then one for each hash of an address. */
export function newConnectionCounters(): Int32Array {
  return new Int32Array(new SharedArrayBuffer((1 + EDGE_LIMITS.addressCounters) * 4));
}

export interface ConnectionCaps {
  /** 0: no limit. */
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
}

/** The cap that the last refused connection has met: that on all connections, or that on those of one address. */
export type Cap = 'all' | 'address';

export class ConnectionTable {
  /** Monotonic time of the last tick or arrival, without what the edge has not seen: precise to a second, which is enough for deadlines. */
  nowMs: number;
  isStopping = false;
  readonly #clock: Clock;
  #caps: ConnectionCaps;
  readonly #counters: Int32Array;
  readonly #traffic: Traffic;
  readonly #onRefused: (count: number, cap: Cap) => void;
  readonly #onEmpty: () => void;
  readonly #attention = new Attention(EDGE_LIMITS.tickMs);
  readonly #connections = new Set<TrackedConnection>();
  #ticker: NodeJS.Timeout | undefined;
  #refused = 0;
  #refusedLoggedMs = -Infinity;

  constructor(options: {
    clock: Clock;
    caps: ConnectionCaps;
    counters: Int32Array;
    traffic: Traffic;
    onRefused: (count: number, cap: Cap) => void;
    onEmpty: () => void;
  }) {
    this.#clock = options.clock;
    this.#caps = options.caps;
    this.#counters = options.counters;
    this.#traffic = options.traffic;
    this.#traffic.countReading = () => this.#readingCount();
    this.#onRefused = options.onRefused;
    this.#onEmpty = options.onEmpty;
    this.nowMs = options.clock.monotonicMs();
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Of all threads; 0: any number. */
  get connectionsMax(): number {
    return this.#caps.connectionsMax;
  }

  all(): Iterable<TrackedConnection> {
    return this.#connections;
  }

  /** For connections that come from now on. */
  changeCaps(caps: ConnectionCaps): void {
    this.#caps = caps;
  }

  /** Whether a connection from this address may be added; one that may not is counted and told of. `isNew`: it has not been let in from another address before. */
  admits(address: string, isNew = true): boolean {
    if (this.#ticker === undefined) {
      // Nobody has looked at the clock since the last connection left, and the deadlines of the new connection are about to be set.
      this.nowMs = this.#attention.attended(this.#clock.monotonicMs());
    }
    const { connectionsMax, connectionsPerAddressMax } = this.#caps;
    const total = Atomics.load(this.#counters, 0);
    const own = Atomics.load(this.#counters, counterIndex(address));
    const isFull = connectionsMax !== 0 && total >= connectionsMax;
    if (!isFull && (connectionsPerAddressMax === 0 || address === '' || own < connectionsPerAddressMax)) {
      if (isNew) {
        this.#traffic.noteConnection(true);
      }
      return true;
    }
    if (isNew) {
      this.#traffic.noteConnection(false);
    }
    this.#refused += 1;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#refusedLoggedMs >= EDGE_LIMITS.refusalLogMs) {
      this.#refusedLoggedMs = nowMs;
      this.#onRefused(this.#refused, isFull ? 'all' : 'address');
      this.#refused = 0;
    }
    return false;
  }

  add(connection: TrackedConnection): void {
    this.#connections.add(connection);
    Atomics.add(this.#counters, 0, 1);
    Atomics.add(this.#counters, counterIndex(connection.address), 1);
    if (this.#ticker === undefined) {
      this.#attention.look(this.#clock.monotonicMs());
      this.#ticker = setInterval(() => this.#tick(), EDGE_LIMITS.tickMs);
    }
  }

  remove(connection: TrackedConnection): void {
    if (!this.#connections.delete(connection)) {
      return;
    }
    Atomics.sub(this.#counters, 0, 1);
    Atomics.sub(this.#counters, counterIndex(connection.address), 1);
    if (this.#connections.size === 0) {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
      this.#attention.rest();
      this.#traffic.tellReading();
      this.#onEmpty();
    }
  }

  closeIdle(): void {
    this.#forEach((connection) => connection.closeIfIdle());
  }

  /** Closes those that are idle and share these services: their address is served no more. A WebSocket goes on, like any request. */
  closeIdleOf(services: unknown): void {
    this.#forEach((connection) => {
      if (connection.services === services && connection.request === undefined) {
        connection.closeIfIdle();
      }
    });
  }

  /** Closes one connection if it is idle, some time after `closeIdle`. */
  closeIfIdle(connection: TrackedConnection): void {
    guarded(connection, () => connection.closeIfIdle());
  }

  destroyAll(): void {
    this.#forEach((connection) => connection.destroy());
  }

  /** After an absence of the edge, what clients have sent waits in the kernel, and is read before any client is found slow. */
  #tick(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#attention.look(nowMs);
    this.nowMs = this.#attention.attended(nowMs);
    if (this.#attention.mayJudge) {
      this.#forEach((connection) => connection.onTick(this.nowMs));
    }
    this.#traffic.tellReading();
  }

  #readingCount(): number {
    let count = 0;
    for (const { isReading } of this.#connections) {
      count += isReading === true ? 1 : 0;
    }
    return count;
  }

  /** An error in one connection does not keep the others from their turn. */
  #forEach(act: (connection: TrackedConnection) => void): void {
    for (const connection of this.#connections) {
      guarded(connection, act);
    }
  }
}

function guarded(connection: TrackedConnection, act: (connection: TrackedConnection) => void): void {
  try {
    act(connection);
  } catch (error) {
    connection.onBug(error);
  }
}

/** FNV-1a over the address's characters. */
function counterIndex(address: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < address.length; at += 1) {
    hash = Math.imul(hash ^ address.charCodeAt(at), 0x01000193);
  }
  return 1 + ((hash ^ (hash >>> 16)) & (EDGE_LIMITS.addressCounters - 1));
}
