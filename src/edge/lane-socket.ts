/**
 * Writes to a lane at once, past Node's stream. There a write that fails destroys the socket, and with it what the worker had sent and
 * nobody has read: a worker that was killed, but had answered, would have answered in vain. Here its end is seen where it is read.
 */

import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { LaneSocket } from '../gateway/lane-socket.ts';
import { descriptorOf } from './node-internals.ts';

export class DirectLaneSocket implements LaneSocket {
  readonly #socket: Socket;
  readonly #fd: number | undefined;
  /** The worker reads nothing any more. */
  #isBroken = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#fd = descriptorOf(socket);
  }

  write(bytes: Buffer): boolean {
    const socket = this.#socket;
    // A descriptor that was closed may be another's by now.
    if (this.#isBroken || socket.destroyed) {
      return true;
    }
    const sent = socket.writableLength === 0 ? this.#writeNow(bytes) : 0;
    if (sent < bytes.length && !this.#isBroken) {
      socket.write(bytes.subarray(sent));
    }
    return socket.writableLength === 0;
  }

  /** How much the kernel has taken. */
  #writeNow(bytes: Buffer): number {
    if (this.#fd === undefined) {
      return 0;
    }
    try {
      return writeSync(this.#fd, bytes);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.#isBroken = code !== 'EAGAIN';
      return 0;
    }
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
