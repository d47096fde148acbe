/**
 * The edge's end of a lane. A worker that was killed, but had answered, shall not have answered in vain: that it reads nothing any more
 * ends the connection only where it is read.
 */

import type { Socket } from 'node:net';
import type { BytesHolder, LaneSocket } from '../../gateway/lanes/lane-socket.ts';
import { DirectWriter } from '../../relay/sockets/direct-writer.ts';

/** What a full socket leaves of a request without a large body is copied, and its memory is free at once. */
const COPIED_BYTES_MAX = 4096;

export class DirectLaneSocket implements LaneSocket {
  readonly #socket: Socket;
  readonly #writer: DirectWriter;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#writer = new DirectWriter(socket);
  }

  write(bytes: Buffer, holder?: BytesHolder): boolean {
    const socket = this.#socket;
    if (socket.destroyed || this.#writer.isBroken) {
      return true;
    }
    const sent = this.#writer.isReady ? this.#writer.write(bytes, 0, bytes.length) : 0;
    const left = bytes.length - sent;
    if (left === 0) {
      return true;
    }
    if (left <= COPIED_BYTES_MAX) {
      socket.write(Buffer.from(bytes.subarray(sent)));
      return true;
    }
    // Node calls back for each write, also for those that fail or are dropped with their socket.
    socket.write(bytes.subarray(sent), () => holder?.release(bytes));
    return false;
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
