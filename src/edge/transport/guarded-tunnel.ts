/**
 * What a handler has of a connection that is passed on. An error of ours in it ends the connection, and does not reach the worker's frame by which it was
 * called.
 */

import type { Tunnel } from '../../protocol/http/exchange.ts';
import type { SocketOwner } from '../../relay/sockets/guarded-socket.ts';

export class GuardedTunnel implements Tunnel {
  readonly #tunnel: Tunnel;
  readonly #owner: SocketOwner;

  constructor(tunnel: Tunnel, owner: SocketOwner) {
    this.#tunnel = tunnel;
    this.#owner = owner;
  }

  write(bytes: Buffer): boolean {
    try {
      return this.#tunnel.write(bytes);
    } catch (error) {
      this.#owner.onBug(error);
      return true;
    }
  }

  resume(): void {
    try {
      this.#tunnel.resume();
    } catch (error) {
      this.#owner.onBug(error);
    }
  }

  end(): void {
    try {
      this.#tunnel.end();
    } catch (error) {
      this.#owner.onBug(error);
    }
  }
}
