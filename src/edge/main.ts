/**
 * The edge process. Its main thread is edge thread 0; further ones are worker threads. Everything it does follows from what the
 * supervisor says over IPC; when that channel closes, the supervisor is gone and the edge ends.
 */

import { closeSync } from 'node:fs';
import { extname } from 'node:path';
import type { AppId } from '../config/model/app.ts';
import type { ConfigureEdge, FromEdge, HiddenLog, SentToEdge, ToEdge, WorkerQuiet } from '../protocol/control/edge.ts';
import { unpackToEdge } from '../protocol/control/edge.ts';
import type { MadeFolder } from '../relay/spool/spool-folder.ts';
import { isStillThere, removeFolder } from '../relay/spool/spool-folder.ts';
import { FirstNames } from './identity/disbelief.ts';
import { EDGE_LIMITS } from './limits.ts';
import type { GivenSocket } from './plan-exchange.ts';
import { PlanExchange } from './plan-exchange.ts';
import { newSharedState } from './shared/shared-state.ts';
import { loadPlanning } from './sites/sites.ts';
import type { FromThread, ToThread } from './thread.ts';
import { EdgeThread } from './thread.ts';

interface Thread {
  receive(message: ToThread): void;
}

class Edge {
  readonly #threads: Thread[] = [];
  #first: EdgeThread | undefined;
  #plans: PlanExchange | undefined;
  /** What was said while the first plan was made. */
  readonly #early: ToThread[] = [];
  readonly #ready = new Set<number>();
  readonly #drained = new Set<number>();
  /** Threads that have answered the supervisor's last ping. */
  readonly #answered = new Set<number>();
  /** Why the edge ends. `stopping`: the supervisor has said so; `leaving`: it has had an internal error. */
  #end: 'stopping' | 'leaving' | undefined;
  /** By worker, the threads that have nothing left on its lanes. Kept until all threads have said so, or the worker is gone. */
  readonly #quiet = new Map<string, Set<number>>();

  /** What the threads have had the log say: each line of advice once. */
  readonly #advised = new FirstNames(EDGE_LIMITS.disbelievedPeersMax + EDGE_LIMITS.unreadFieldsMax);
  #spoolFolders: readonly MadeFolder[] = [];
  /** Until all threads have opened them. */
  #hiddenLogs: readonly HiddenLog[] = [];

  async start(config: ConfigureEdge): Promise<void> {
    const { model } = config;
    this.#hiddenLogs = config.hiddenLogs;
    const planning = await loadPlanning(model);
    const shared = newSharedState(config.slotsMax, model);
    this.#plans = new PlanExchange({
      shared,
      model,
      threadCount: model.edge.threads,
      tellThreads: (message) => this.#tellThreads(message),
      tell,
    });
    const first = new EdgeThread({
      ...{ index: 0, config, shared, planning },
      send: (message) => this.#onThread(0, message),
    });
    this.#first = first;
    this.#threads.push(first);
    for (let index = 1; index < model.edge.threads; index += 1) {
      // Loaded only where there are several: it takes a start 1 to 2 ms.
      const { Worker } = process.getBuiltinModule('node:worker_threads');
      const worker = new Worker(new URL(`./thread-entry${extname(import.meta.filename)}`, import.meta.url), {
        workerData: { index, config, shared },
      });
      worker.on('message', (message: FromThread) => this.#onThread(index, message));
      worker.on('error', (error) => endWith(error));
      worker.on('exit', () => endWith(`edge thread ${index} has ended`));
      this.#threads.push({ receive: (message) => worker.postMessage(message) });
    }
    first.start();
    for (const message of this.#early.splice(0)) {
      this.#tellThreads(message);
    }
  }

  /** Removes the spool folders, which is the supervisor's task, when the supervisor is gone. */
  removeFolders(): void {
    this.#spoolFolders.forEach(removeFolder);
  }

  /** `socket` comes with the message that says so. */
  receive(message: ToEdge, socket: unknown): void {
    switch (message.kind) {
      case 'configure':
        this.start(message).catch((error: unknown) => {
          tell({ kind: 'fatal', message: (error as Error).message }, () => process.exit(1));
        });
        return;
      case 'socket':
        // Node makes this object of the handle that the supervisor has sent.
        this.#plans?.give(message.number, socket as GivenSocket);
        return;
      case 'prepare':
      case 'commit':
      case 'abandon':
        this.#plans?.receive(message);
        return;
      case 'workers':
        for (const worker of message.gone) {
          this.#quiet.delete(quietKey(message.app, worker));
        }
        break;
      case 'stop':
        this.#end = 'stopping';
        break;
      case 'ping':
        this.#answered.clear();
        break;
      case 'progress':
      case 'reopen-logs':
      case 'report':
      case 'static':
      case 'staples':
      case 'ticket-keys':
      case 'tls':
        break;
    }
    this.#tellThreads(message);
  }

  #tellThreads(message: ToThread): void {
    if (this.#threads.length === 0) {
      this.#early.push(message);
      return;
    }
    for (const thread of this.#threads) {
      thread.receive(message);
    }
  }

  /**
   * After an error that belongs to no connection, what this process knows may not be so any more: it takes no connections, finishes what
   * it can in a few seconds, and ends. The supervisor holds the listening sockets, and starts another edge on them.
   */
  leave(): void {
    if (this.#end !== undefined) {
      return;
    }
    if (this.#ready.size < this.#threads.length) {
      endWith('it had just been started');
      return;
    }
    this.#end = 'leaving';
    const deadlineMs = EDGE_LIMITS.replacedDrainMs;
    tell({ kind: 'leaving', deadlineMs });
    setTimeout(exitAfterError, deadlineMs + EDGE_LIMITS.stopIdleMs);
    this.#tellThreads({ kind: 'leave', deadlineMs });
  }

  /** An error in this thread, which is thread 0. */
  onUncaught(error: unknown): void {
    const thread = this.#first;
    if (thread === undefined) {
      endWith(error);
    } else {
      thread.onUncaught(error);
    }
  }

  #onThread(index: number, message: FromThread): void {
    switch (message.kind) {
      case 'room':
        this.#threads[message.to]?.receive({ kind: 'room', app: message.app });
        return;
      case 'advice':
        if (this.#advised.take(message.about)) {
          tell({ kind: 'log', level: 'warning', text: message.text });
        }
        return;
      case 'ready':
        this.#ready.add(index);
        if (this.#ready.size === this.#threads.length) {
          this.#closeHiddenLogs();
          tell(message);
        }
        return;
      case 'drained':
        this.#drained.add(index);
        if (this.#drained.size === this.#threads.length) {
          this.#onDrained();
        }
        return;
      case 'spool-folder':
        this.#spoolFolders = [...this.#spoolFolders.filter(isStillThere), message];
        tell(message);
        return;
      case 'pong':
        this.#answered.add(index);
        if (this.#answered.size === this.#threads.length) {
          tell(message);
        }
        return;
      case 'prepared':
      case 'refused':
      case 'committed':
      case 'answered':
        this.#plans?.onThread(index, message);
        return;
      case 'failed':
        this.leave();
        return;
      case 'quiet':
        this.#onQuiet(index, message);
        return;
      default:
        tell(message);
    }
  }

  /** A file that is moved away later is not to be held. */
  #closeHiddenLogs(): void {
    for (const { fd } of this.#hiddenLogs) {
      closeSync(fd);
    }
    this.#hiddenLogs = [];
  }

  #onDrained(): void {
    if (this.#end === 'leaving') {
      exitAfterError();
    } else {
      tell({ kind: 'drained' }, () => process.exit(0));
    }
  }

  #onQuiet(index: number, message: WorkerQuiet): void {
    const key = quietKey(message.app, message.worker);
    const threads = this.#quiet.get(key) ?? new Set();
    this.#quiet.set(key, threads.add(index));
    if (threads.size === this.#threads.length) {
      this.#quiet.delete(key);
      tell(message);
    }
  }
}

/** Each application numbers its own workers. */
function quietKey(app: AppId, worker: number): string {
  return `${worker} of ${app}`;
}

function tell(message: FromEdge, sent?: () => void): void {
  if (process.connected) {
    process.send?.(message, undefined, undefined, () => sent?.());
  }
}

/** EX_SOFTWARE of sysexits.h. */
const INTERNAL_ERROR = 70;
/** How long the last line may take to reach the supervisor. */
const LAST_WORDS_MS = 1000;

function exitAfterError(): void {
  process.exit(INTERNAL_ERROR);
}

/** Ends the edge at once: there is nothing to finish, or nobody left who could. The listening sockets keep what arrives meanwhile. */
function endWith(error: unknown): void {
  const words = error instanceof Error ? error.stack : String(error);
  tell({ kind: 'log', level: 'error', text: `the edge ends after an internal error: ${words}` }, exitAfterError);
  setTimeout(exitAfterError, LAST_WORDS_MS).unref();
}

process.title = 'portico: edge';
const edge = new Edge();
process.on('message', (message, socket) => {
  const sent = message as SentToEdge; // The supervisor is a process of ours.
  try {
    edge.receive(unpackToEdge(sent), socket);
  } catch (error) {
    edge.onUncaught(error);
  }
});
process.on('disconnect', () => {
  try {
    edge.removeFolders();
  } finally {
    process.exit(0);
  }
});
process.on('uncaughtException', (error) => edge.onUncaught(error));
// The terminal's Ctrl-C reaches the whole group; the supervisor decides what follows.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGPIPE'] as const) {
  process.on(signal, () => undefined);
}
