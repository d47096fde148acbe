/**
 * Connections to the servers of one upstream that wait for a next request, those used last in front. A server that sends something on one, or closes it, has ended
 * it: bytes that answer nothing must never be taken for the answer to the next request.
 */

import type { UpstreamKeepAlive } from '../../config/model/upstream.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Peer } from '../peer-choice.ts';
import type { ConnectionWay } from './dial.ts';
import type { ConnectionUser, UpstreamConnection } from './upstream-connection.ts';

export class ConnectionPool {
  readonly #rules: UpstreamKeepAlive | undefined;
  readonly #clock: Clock;
  /** By peer and way. */
  readonly #idle = new Map<string, UpstreamConnection[]>();
  /** All of them, the one that has waited longest first. */
  readonly #order = new Set<UpstreamConnection>();
  #isClosed = false;

  constructor(rules: UpstreamKeepAlive | undefined, clock: Clock) {
    this.#rules = rules;
    this.#clock = clock;
  }

  get size(): number {
    return this.#order.size;
  }

  /** Undefined: none is idle. */
  take(peer: Peer, way: ConnectionWay): UpstreamConnection | undefined {
    if (this.#order.size === 0) {
      return undefined;
    }
    const connection = this.#idle.get(keyOf(peer, way))?.pop();
    if (connection !== undefined) {
      this.#order.delete(connection);
      connection.user = undefined;
      connection.waitNoMore();
    }
    return connection;
  }

  /** The response was read whole, and nothing came behind it. The connection is closed where it may not be kept. */
  keep(connection: UpstreamConnection): void {
    const rules = this.#rules;
    const nowMs = this.#clock.monotonicMs();
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
    for (const oldest of this.#order) {
      if (this.#order.size < rules.connectionsMax) {
        break;
      }
      this.#drop(oldest);
    }
    const key = keyOf(connection.peer, connection.way);
    const alike = this.#idle.get(key);
    if (alike === undefined) {
      this.#idle.set(key, [connection]);
    } else {
      alike.push(connection);
    }
    this.#order.add(connection);
    connection.idleUser ??= new IdleUser(() => this.#drop(connection));
    connection.user = connection.idleUser;
    if (connection.isPaused) {
      connection.resume(); // Its last response was more than the client could take.
    }
    connection.wait(rules.timeoutMs, nowMs);
  }

  #drop(connection: UpstreamConnection): void {
    this.#order.delete(connection);
    const key = keyOf(connection.peer, connection.way);
    const rest = this.#idle.get(key)?.filter((one) => one !== connection) ?? [];
    if (rest.length === 0) {
      this.#idle.delete(key);
    } else {
      this.#idle.set(key, rest);
    }
    connection.destroy();
  }

  /** No connection is kept any more. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#order) {
      this.#drop(connection);
    }
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
