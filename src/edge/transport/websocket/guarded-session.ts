/** What a handler has of a WebSocket. An error of ours in it ends the connection, and does not reach the worker's frame by which it was called. */

import type { WebSocketSession } from '../../../protocol/http/exchange.ts';
import type { SocketOwner } from '../../../relay/sockets/guarded-socket.ts';

export class GuardedSession implements WebSocketSession {
  readonly #session: WebSocketSession;
  readonly #owner: SocketOwner;

  constructor(session: WebSocketSession, owner: SocketOwner) {
    this.#session = session;
    this.#owner = owner;
  }

  send(isText: boolean, data: Buffer): boolean {
    try {
      return this.#session.send(isText, data);
    } catch (error) {
      this.#owner.onBug(error);
      return true;
    }
  }

  resume(): void {
    try {
      this.#session.resume();
    } catch (error) {
      this.#owner.onBug(error);
    }
  }

  close(code: number, reason: string): void {
    try {
      this.#session.close(code, reason);
    } catch (error) {
      this.#owner.onBug(error);
    }
  }
}
