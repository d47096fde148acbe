/** A child's output, from the pipe it writes to into the log. */

import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { Identity } from '../privileges.ts';
import { actFor } from '../privileges.ts';
import type { AskedTracebacks } from './asked-tracebacks.ts';
import { LineSplitter } from './line-splitter.ts';
import type { Log } from './log.ts';
import type { LineOrigin } from './log-event.ts';

/** `asked`: takes out what is not for the log. */
export function relayOutput(
  stream: Readable,
  origin: () => LineOrigin,
  log: Log,
  asked?: Pick<AskedTracebacks, 'take'>,
): void {
  const splitter = new LineSplitter(SUPERVISOR_LIMITS.logLineBytesMax);
  let timer: NodeJS.Timeout | undefined;
  const output = log.newOutput();
  const flushPartial = () => {
    timer = undefined;
    const partial = splitter.takePartial();
    log.relay(origin(), [...output.feed(asked?.take(partial) ?? partial), ...output.flush()]);
  };
  stream.on('data', (bytes: Buffer) => {
    const lines = splitter.feed(bytes);
    log.relay(origin(), output.feed(asked?.take(lines) ?? lines));
    if (lines.length > 0) {
      // What waits now has only just begun: an application that prints all the time would have a line or an entry cut in two at each tick.
      clearTimeout(timer);
      timer = undefined;
    }
    if (splitter.hasPartial || output.hasPending) {
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

/**
 * The reading end of a worker's log pipe, which its zygote holds for us, opened through the zygote's descriptors. Throws where that cannot be
 * done: no /proc, a zygote that the kernel keeps from being looked into, or that stands behind a program that has started it. What a descriptor stands for is the
 * zygote's to choose, and opening it may have effects (a device of root's, a pipe that others read): it is opened with the rights that the zygote has.
 */
export function openWorkerLog(
  zygotePid: number,
  descriptor: number,
  inode: number,
  identity: Identity | undefined,
): Socket {
  const path = `/proc/${zygotePid}/fd/${descriptor}`;
  const fd = actFor(identity, () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  const stat = fstatSync(fd);
  if (!stat.isFIFO() || stat.ino !== inode) {
    closeSync(fd);
    throw new Error('it is not the pipe that the zygote means');
  }
  return new Socket({ fd, readable: true, writable: false });
}
