/** The edge's end of a connection that a worker has dialled for an application which may take over that of its client. */

import { readSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { TunnelSocket } from '../../gateway/call-tunnel.ts';
import { descriptorOf } from '../../relay/sockets/node-internals.ts';
import { EDGE_LIMITS } from '../limits.ts';

export class WorkerTunnelSocket implements TunnelSocket {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  write(bytes: Buffer): boolean {
    return this.#socket.writable ? this.#socket.write(Buffer.from(bytes)) : true;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  readNow(): Buffer | undefined {
    const fd = this.#socket.destroyed ? undefined : descriptorOf(this.#socket);
    if (fd === undefined) {
      return undefined;
    }
    const bytes = Buffer.allocUnsafe(EDGE_LIMITS.laneReadBytes);
    try {
      const length = readSync(fd, bytes);
      return length === 0 ? undefined : bytes.subarray(0, length);
    } catch {
      return undefined; // Nothing has come; if the worker is gone, its socket tells.
    }
  }

  end(): void {
    this.#socket.end();
  }

  destroySoon(withinMs: number): void {
    this.#socket.destroySoon();
    if (!this.#socket.destroyed) {
      setTimeout(() => this.#socket.destroy(), withinMs).unref();
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
