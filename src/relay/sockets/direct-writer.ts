/**
 * Writes to a connection at once, past Node's stream, which takes a microsecond and two objects for each write. A write of the stream that
 * fails also destroys the socket, and with it what the peer had sent before it left. A direct write that fails says so in `isBroken`, and
 * the owner of the connection decides whether it reads what has come first (a lane does) or gives the connection up (a client's).
 */

import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { descriptorOf } from './node-internals.ts';

const GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET']);

export class DirectWriter {
  readonly #socket: Socket;
  readonly #fd: number | undefined;
  /** The peer takes nothing any more. */
  isBroken = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#fd = descriptorOf(socket);
  }

  /** Nothing waits in the stream that has to leave first. A descriptor that was closed may by now be that of something else. */
  get isReady(): boolean {
    const socket = this.#socket;
    return this.#fd !== undefined && socket.writableLength === 0 && !socket.destroyed;
  }

  /** How many of the bytes from `from` to `to` the kernel has taken; all of them if the peer takes none. Only if `isReady`. */
  write(bytes: Buffer, from: number, to: number): number {
    const length = to - from;
    if (this.isBroken || this.#fd === undefined) {
      return length;
    }
    try {
      return writeSync(this.#fd, bytes, from, length);
    } catch (error) {
      this.isBroken = GONE.has((error as NodeJS.ErrnoException).code);
      // The kernel has no room or no memory: the stream writes the rest when it has.
      return this.isBroken ? length : 0;
    }
  }
}
