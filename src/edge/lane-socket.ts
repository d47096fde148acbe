/**
 * The edge's end of a lane. A worker that was killed, but had answered, shall not have answered in vain: that it reads nothing any more
 * ends the connection only where it is read.
 */

import type { Socket } from 'node:net';
import type { LaneSocket } from '../gateway/lane-socket.ts';
import { DirectWriter } from './direct-writer.ts';

export class DirectLaneSocket implements LaneSocket {
  readonly #socket: Socket;
  readonly #writer: DirectWriter;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#writer = new DirectWriter(socket);
  }

  write(bytes: Buffer): boolean {
    const socket = this.#socket;
    if (socket.destroyed || this.#writer.isBroken) {
      return true;
    }
    const sent = this.#writer.isReady ? this.#writer.write(bytes, 0, bytes.length) : 0;
    if (sent < bytes.length) {
      socket.write(bytes.subarray(sent));
    }
    return socket.writableLength === 0;
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
