/**
 * How much of a connection is read at once. libuv reads it up to 32 times in a row as long as each read fills the buffer.
 *
 * A connection whose bytes take long to be dealt with is read only once in a turn of the event loop: 2 MiB in chunks or frames of one byte, or a thousand
 * pipelined requests, would be a tenth of a second in which nobody else is served. One whose bytes are dealt with quickly, as those of a large body are, is
 * read into a larger buffer: a body of 1 MB then takes four reads and four frames to Python instead of sixteen. One whose bytes nobody wants yet is not: they are
 * kept, as much as one read brings for each connection, and no budget counts them.
 */

import type { Socket } from 'node:net';
import type { Receive } from '../../relay/sockets/direct-reading.ts';
import { readLater } from '../../relay/sockets/node-internals.ts';
import { EDGE_LIMITS } from '../limits.ts';

/** Shared by all connections of a thread. The second is made when it is first needed. */
export class ReadBuffers {
  readonly usual: Buffer;
  readonly #largeBytes: number;
  #large: Buffer | undefined;

  constructor(usualBytes: number, largeBytes: number) {
    this.usual = Buffer.allocUnsafeSlow(usualBytes);
    this.#largeBytes = largeBytes;
  }

  get large(): Buffer {
    this.#large ??= Buffer.allocUnsafeSlow(this.#largeBytes);
    return this.#large;
  }
}

/**
 * Wraps the function that takes a connection's bytes, and returns whether more are wanted. It begins with the usual buffer. After a read that does not fill the
 * buffer libuv does not read again in this turn.
 */
export function readFairly(
  socket: Socket,
  buffers: ReadBuffers,
  monotonicMs: () => number,
  onBytes: (buffer: Buffer, length: number) => boolean,
): Receive {
  const { usual } = buffers;
  let buffer = usual;
  const becomes = (next: Buffer): Buffer | undefined => {
    if (next === buffer) {
      return undefined;
    }
    buffer = next;
    return next;
  };
  return (length) => {
    if (length < usual.length) {
      onBytes(buffer, length);
      return becomes(usual);
    }
    const beganMs = monotonicMs();
    const wantsMore = onBytes(buffer, length);
    if (monotonicMs() - beganMs > EDGE_LIMITS.readTurnMs) {
      readLater(socket);
      return becomes(usual);
    }
    return becomes(wantsMore ? buffers.large : usual);
  };
}
