// A client of a WebSocket whose messages are waited for one after the other.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { within } from '../integration/waiting.ts';

export interface Close {
  readonly code: number;
  readonly reason: string;
}

const PATIENCE_MS = 10_000;

export class Peer implements AsyncDisposable {
  readonly socket: WebSocket;
  /** How it ended, whoever closed it. */
  readonly closed: Promise<Close>;
  readonly #inbox: (string | ArrayBuffer)[] = [];
  #wake: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => {
      this.#inbox.push(data as string | ArrayBuffer);
      this.#wake();
    });
    const { promise, resolve } = Promise.withResolvers<Close>();
    this.closed = promise;
    socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }));
  }

  /** As a page of the same site does it. */
  static async open(url: string, protocols: readonly string[] = []): Promise<Peer> {
    const headers = { origin: url.replace(/^ws(:\/\/[^/]*).*/, 'http$1') };
    const peer = new Peer(new WebSocket(url, { protocols: [...protocols], headers }));
    const refused = peer.closed.then(() => assert.fail(`refused: ${url}`));
    await within(PATIENCE_MS, url, Promise.race([once(peer.socket, 'open'), refused]));
    return peer;
  }

  /** Sends a text or bytes, or what is neither as JSON. */
  send(message: string | Uint8Array<ArrayBuffer> | object): void {
    const isJson = typeof message === 'object' && !(message instanceof Uint8Array);
    this.socket.send(isJson ? JSON.stringify(message) : message);
  }

  async next(): Promise<string | ArrayBuffer> {
    while (this.#inbox.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const ended = this.closed.then(({ code, reason }) => assert.fail(`closed: ${code} ${reason}`));
      await within(PATIENCE_MS, 'the next message', Promise.race([promise, ended]));
    }
    return this.#inbox.shift() ?? '';
  }

  async nextJson(): Promise<unknown> {
    const message = await this.next();
    assert.equal(typeof message, 'string');
    return JSON.parse(message as string);
  }

  async close(code: number, reason: string): Promise<Close> {
    this.socket.close(code, reason);
    return within(PATIENCE_MS, 'the close', this.closed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close(1000, '');
  }
}
