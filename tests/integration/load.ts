// Clients that ask without a pause, each on a connection that it keeps, until they are told to stop.

import { performance } from 'node:perf_hooks';
import type { Client } from './client.ts';
import { Closed } from './client.ts';
import type { Server } from './server.ts';

export interface LoadOptions {
  readonly connections: number;
  /** The path and query of a connection's next request; undefined ends the connection's part. */
  target(connection: number, turn: number): string | undefined;
  /** GET if nothing is said. */
  readonly method?: 'GET' | 'POST';
}

export interface Asked {
  readonly connection: number;
  readonly target: string;
  /** 0: the connection was lost before the answer was whole. */
  readonly status: number;
  readonly body: string;
  readonly tookMs: number;
}

export class Load {
  readonly asked: Asked[] = [];
  readonly #server: Server;
  readonly #options: LoadOptions;
  readonly #running: Promise<unknown>;
  #isStopping = false;
  #wake: () => void = () => undefined;

  constructor(server: Server, options: LoadOptions) {
    this.#server = server;
    this.#options = options;
    this.#running = Promise.all(Array.from({ length: options.connections }, (_, connection) => this.#run(connection)));
  }

  /** Waits until so many have been answered. */
  async reach(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = () => {
      if (this.asked.length >= count) resolve();
    };
    this.#wake();
    await promise;
  }

  /** Lets what was asked be answered; returns everything. */
  async stop(): Promise<readonly Asked[]> {
    this.#isStopping = true;
    await this.#running;
    return this.asked;
  }

  /** Waits until every connection has done its part. */
  async finish(): Promise<readonly Asked[]> {
    await this.#running;
    return this.asked;
  }

  /** A test that has failed must not leave clients behind that knock for ever. */
  [Symbol.dispose](): void {
    this.#isStopping = true;
  }

  async #run(connection: number): Promise<void> {
    let client: Client | undefined;
    for (let turn = 0; !this.#isStopping; turn += 1) {
      const target = this.#options.target(connection, turn);
      if (target === undefined) break;
      client = await this.#ask(client, connection, target);
      this.#wake();
    }
    client?.close();
  }

  /** Returns the connection if it can be used again. */
  async #ask(kept: Client | undefined, connection: number, target: string): Promise<Client | undefined> {
    const { method = 'GET' } = this.#options;
    const began = performance.now();
    const record = (status: number, body: string): void => {
      this.asked.push({ connection, target, status, body, tookMs: performance.now() - began });
    };
    let client = kept;
    try {
      client ??= await this.#server.connect();
      client.send(
        `${method} ${target} HTTP/1.1\r\nHost: site.test\r\n${method === 'POST' ? 'Content-Length: 0\r\n' : ''}\r\n`,
      );
      const answer = await client.read();
      record(answer.status, answer.body);
      if (answer.isKept) return client;
    } catch (error) {
      // RFC 9112 9.3.1: an idle connection may be closed just as a request is sent; a safe one is then sent again.
      if (kept !== undefined && method === 'GET' && error instanceof Closed && error.received === '') {
        kept.close();
        return this.#ask(undefined, connection, target);
      }
      record(0, String(error));
    }
    client?.close();
    return undefined;
  }
}

/** Those that were not answered with 200. */
export function failures(asked: readonly Asked[]): readonly Asked[] {
  return asked.filter(({ status }) => status !== 200);
}
