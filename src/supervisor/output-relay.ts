/** A child's output, from the pipe it writes to into the log. */

import { constants, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { SUPERVISOR_LIMITS } from './limits.ts';
import { LineSplitter } from './line-splitter.ts';
import type { Log } from './log.ts';
import type { LineOrigin } from './log-line.ts';

export function relayOutput(stream: Readable, origin: () => LineOrigin, log: Log): void {
  const splitter = new LineSplitter(SUPERVISOR_LIMITS.logLineBytesMax);
  let timer: NodeJS.Timeout | undefined;
  const flushPartial = () => {
    timer = undefined;
    log.relay(origin(), splitter.takePartial());
  };
  stream.on('data', (bytes: Buffer) => {
    log.relay(origin(), splitter.feed(bytes));
    if (splitter.hasPartial) {
      timer ??= setTimeout(flushPartial, SUPERVISOR_LIMITS.logPartialMs).unref();
    }
  });
  stream.on('close', () => {
    clearTimeout(timer);
    flushPartial();
  });
  // The other end is gone in a way that is no end of file; `close` follows.
  stream.on('error', () => undefined);
}

/** The reading end of a worker's FIFO, whose name is removed: nobody else is to open it. */
export function openWorkerLog(path: string): Socket {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  unlinkSync(path);
  return new Socket({ fd, readable: true, writable: false });
}
