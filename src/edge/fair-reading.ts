/**
 * Lets a connection whose bytes take long to be dealt with be read only once in a turn of the event loop. libuv reads a connection up to 32 times in a row as
 * long as each read fills the buffer: 2 MiB in chunks or frames of one byte, or a thousand pipelined requests, would be a tenth of a second in which nobody
 * else is served.
 */

import type { Socket } from 'node:net';
import { EDGE_LIMITS } from './limits.ts';
import { readLater } from './node-internals.ts';

/** Wraps the function that takes a connection's bytes. After a read of less than `fullBytes` libuv does not read again in this turn anyway. */
export function readFairly(
  socket: Socket,
  fullBytes: number,
  monotonicMs: () => number,
  onBytes: (length: number) => void,
): (length: number) => void {
  return (length) => {
    if (length < fullBytes) {
      onBytes(length);
      return;
    }
    const beganMs = monotonicMs();
    onBytes(length);
    if (monotonicMs() - beganMs > EDGE_LIMITS.readTurnMs) {
      readLater(socket);
    }
  };
}
