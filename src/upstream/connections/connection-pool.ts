/**
 * Connections to the servers of one upstream that wait for a next request, those used last in front. A server that sends something on one, or closes it, has ended
 * it: bytes that answer nothing must never be taken for the answer to the next request.
 */

import type { UpstreamKeepAlive } from '../../config/model/upstream.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Peer, PeerGroup } from '../peer-choice.ts';
import type { ConnectionWay } from './dial.ts';
import type { ConnectionUser, UpstreamConnection } from './upstream-connection.ts';

export class ConnectionPool {
  readonly #rules: UpstreamKeepAlive | undefined;
  readonly #clock: Clock;
  /** By peer and way, the one that has waited longest first. */
  readonly #idle = new Map<string, UpstreamConnection[]>();
  #size = 0;
  /** How many were kept, ever. */
  #kept = 0;
  readonly #group: Pick<PeerGroup, 'countIdle'> | undefined;
  #isClosed = false;

  /** `group`: who is told how many wait. */
  constructor(rules: UpstreamKeepAlive | undefined, clock: Clock, group?: Pick<PeerGroup, 'countIdle'>) {
    this.#rules = rules;
    this.#clock = clock;
    this.#group = group?.countIdle === undefined ? undefined : group;
  }

  get size(): number {
    return this.#size;
  }

  #count(change: number): void {
    this.#size += change;
    this.#group?.countIdle?.(change);
  }

  /** Undefined: none is idle. */
  take(peer: Peer, way: ConnectionWay): UpstreamConnection | undefined {
    if (this.#size === 0) {
      return undefined;
    }
    const connection = this.#idle.get(keyOf(peer, way))?.pop();
    if (connection !== undefined) {
      this.#count(-1);
      connection.user = undefined;
      connection.waitNoMore();
    }
    return connection;
  }

  /** The response was read whole, and nothing came behind it. The connection is closed where it may not be kept. */
  keep(connection: UpstreamConnection, nowMs: number = this.#clock.monotonicMs()): void {
    const rules = this.#rules;
    const isUsedUp =
      rules === undefined ||
      this.#isClosed ||
      connection.isDestroyed ||
      connection.isBroken ||
      connection.requests >= rules.requestsMax ||
      nowMs - connection.openedMs > rules.timeMs;
    if (isUsedUp || rules.connectionsMax === 0) {
      connection.destroy();
      return;
    }
    while (this.#size >= rules.connectionsMax) {
      this.#dropOldest();
    }
    const key = keyOf(connection.peer, connection.way);
    const alike = this.#idle.get(key);
    if (alike === undefined) {
      this.#forgetEmpty(rules.connectionsMax);
      this.#idle.set(key, [connection]);
    } else {
      alike.push(connection);
    }
    this.#count(1);
    this.#kept += 1;
    connection.keptAs = this.#kept;
    connection.idleUser ??= new IdleUser(() => this.#drop(connection));
    connection.user = connection.idleUser;
    if (connection.isPaused) {
      connection.resume(); // Its last response was more than the client could take.
    }
    connection.wait(rules.timeoutMs, nowMs);
  }

  /** That which has waited longest: in front of one of the lists. */
  #dropOldest(): void {
    let oldest: UpstreamConnection | undefined;
    for (const [first] of this.#idle.values()) {
      if (first !== undefined && (oldest === undefined || first.keptAs < oldest.keptAs)) {
        oldest = first;
      }
    }
    if (oldest !== undefined) {
      this.#drop(oldest);
    }
  }

  /** Lists that are empty stay for the next connection, but there may be as many ways to a server as a client can make up names of servers. */
  #forgetEmpty(listsMax: number): void {
    if (this.#idle.size <= listsMax) {
      return;
    }
    for (const [key, alike] of this.#idle) {
      if (alike.length === 0) {
        this.#idle.delete(key);
      }
    }
  }

  #drop(connection: UpstreamConnection): void {
    const alike = this.#idle.get(keyOf(connection.peer, connection.way));
    const at = alike?.indexOf(connection) ?? -1;
    if (at !== -1) {
      alike?.splice(at, 1);
      this.#count(-1);
    }
    connection.destroy();
  }

  /** No connection is kept any more. */
  close(): void {
    this.#isClosed = true;
    for (const connection of [...this.#idle.values()].flat()) {
      this.#drop(connection);
    }
    this.#idle.clear();
  }
}

function keyOf({ name }: Peer, { key }: ConnectionWay): string {
  return key === '' ? name : `${name} ${key}`;
}

/** Whatever happens to an idle connection ends it. */
class IdleUser implements ConnectionUser {
  readonly #end: () => void;

  constructor(end: () => void) {
    this.#end = end;
  }

  onConnected(): void {
    this.#end();
  }
  onRead(): void {
    this.#end();
  }
  onServerEnd(): void {
    this.#end();
  }
  onLost(): void {
    this.#end();
  }
  onTaken(): void {
    // All of the last request had been taken before its response was read.
  }
  onTimeout(): void {
    this.#end();
  }
}
