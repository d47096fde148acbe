/** A server that is found by its pid file and has no control socket: it is told by a signal, and the name of its process says what has become of it. */

import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../kernel/clock.ts';
import type { RunningServer } from '../running-server.ts';
import { stateOf } from '../running-server.ts';

export interface Order {
  readonly timeoutMs: number;
  readonly isQuick: boolean;
}

/** The exit code, and what is printed: a sentence without its end. */
export interface Result {
  readonly code: number;
  readonly text: string;
  /** What is shown behind it: whole lines each, without the last line feed. */
  readonly details?: readonly string[];
  /** What --json shows in the place of all that. */
  readonly json?: object;
}

const [DONE, FAILED] = [0, 1];
const LOOK_EVERY_MS = 50;

export async function stopBySignal(server: RunningServer, { timeoutMs, isQuick }: Order): Promise<Result> {
  const refused = send(server, isQuick ? 'SIGQUIT' : 'SIGTERM');
  if (refused !== undefined) {
    return refused;
  }
  return awaitEnd(server, timeoutMs);
}

export async function awaitEnd(server: RunningServer, timeoutMs: number): Promise<Result> {
  const hasEnded = await waitUntil(timeoutMs, () => stateOf(server) === undefined);
  return hasEnded
    ? { code: DONE, text: `process ${server.pid} has stopped` }
    : { code: FAILED, text: describeLateEnd(server.pid, timeoutMs) };
}

export function describeLateEnd(pid: number, timeoutMs: number): string {
  return `process ${pid} was told to stop, and has not ended within ${timeoutMs / 1000} s: it lets requests finish (--graceful-timeout of the server). --now does not`;
}

export async function reloadBySignal(server: RunningServer, { timeoutMs }: Order): Promise<Result> {
  const before = stateOf(server);
  if (before === undefined || before.isStopping) {
    return { code: FAILED, text: `process ${server.pid} is stopping` };
  }
  const refused = send(server, 'SIGHUP');
  if (refused !== undefined) {
    return refused;
  }
  let now: ReturnType<typeof stateOf> = before;
  const isDecided = await waitUntil(timeoutMs, () => {
    now = stateOf(server);
    return now === undefined || now.isStopping || (now.reloadCount > before.reloadCount && now.reload !== 'runs');
  });
  return judge(now, isDecided, before.reloadCount, timeoutMs);
}

function judge(now: ReturnType<typeof stateOf>, isDecided: boolean, countBefore: number, timeoutMs: number): Result {
  if (now === undefined || now.isStopping) {
    return { code: FAILED, text: 'the server has ended meanwhile' };
  }
  if (!isDecided) {
    const what =
      now.reloadCount > countBefore
        ? 'the application is still being loaded'
        : 'the signal was sent, and no reload has begun';
    return { code: FAILED, text: `${what} after ${timeoutMs / 1000} s` };
  }
  switch (now.reload) {
    case 'done':
      return { code: DONE, text: 'the new version serves' };
    case 'broken':
      return {
        code: FAILED,
        text: 'the application cannot be loaded, and requests get a page that says why (--reload). The log of the server says it too',
      };
    default:
      return {
        code: FAILED,
        text: 'the application cannot be loaded, and the version before it serves on. The log of the server says why',
      };
  }
}

/** Undefined: it was sent. */
function send({ pid }: RunningServer, signal: NodeJS.Signals): Result | undefined {
  try {
    process.kill(pid, signal);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'EPERM'
        ? 'belongs to somebody else: only that user or root may signal it'
        : `cannot be signalled (${code})`;
    return { code: FAILED, text: `process ${pid} ${why}` };
  }
}

async function waitUntil(timeoutMs: number, isSo: () => boolean): Promise<boolean> {
  const deadlineMs = systemClock.monotonicMs() + timeoutMs;
  while (!isSo()) {
    if (systemClock.monotonicMs() >= deadlineMs) {
      return false;
    }
    await delay(LOOK_EVERY_MS);
  }
  return true;
}
