/**
 * The loop: facts and commands go into the fleet one by one, and what it wants is done. Everything that decides is in `fleet.ts`;
 * everything that touches a process is in the children.
 */

import { statSync, truncateSync, unlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import type { Clock } from '../kernel/clock.ts';
import { unreachable } from '../kernel/unreachable.ts';
import type { StaticMount } from '../protocol/control/edge.ts';
import type { AppFacts, FromZygote } from '../protocol/control/zygote.ts';
import type { Announcement } from './announcement.ts';
import { EdgeChild } from './edge-child.ts';
import { configureEdge } from './edge-settings.ts';
import { createFleet, nextDeadline, step } from './fleet.ts';
import type { Fleet, FleetAction, FleetEvent } from './fleet-types.ts';
import { explainVersion } from './interpreter.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import type { Log } from './log.ts';
import { readMemoryBytes } from './memory-watch.ts';
import { openWorkerLog, relayOutput } from './output-relay.ts';
import type { Site } from './prepare.ts';
import { findRuntime } from './prepare.ts';
import type { SignalCommand } from './signals.ts';
import { appMounts, explicitMounts } from './static-mounts.ts';
import { ZygoteChild } from './zygote-child.ts';
import { startMessage } from './zygote-start.ts';

export interface SupervisorReports {
  /** All is ready. */
  onStarted(announcement: Announcement): void;
  /** It never will be. `traceback` may be ''. */
  onGivenUp(error: string, traceback: string): void;
  onFinished(code: number): void;
}

/** setTimeout takes no more. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export class Supervisor {
  readonly #site: Site;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #reports: SupervisorReports;
  #fleet: Fleet;
  readonly #queue: FleetEvent[] = [];
  #isActing = false;
  #timer: NodeJS.Timeout | undefined;
  #edge: EdgeChild | undefined;
  #edgeMessage = '';
  readonly #zygotes = new Map<number, ZygoteChild>();
  #pythonPath = '';
  #appMounts: readonly StaticMount[] = [];

  constructor(site: Site, log: Log, clock: Clock, reports: SupervisorReports) {
    this.#site = site;
    this.#log = log;
    this.#clock = clock;
    this.#reports = reports;
    const { model, slotsMax } = site;
    this.#fleet = createFleet({ ...model, slotsMax });
    if (model.memoryBytesMax > 0) {
      setInterval(() => this.#weighWorkers(), SUPERVISOR_LIMITS.memoryPollMs).unref();
    }
  }

  start(): void {
    this.#happen({ kind: 'start' });
  }

  reload(why: string): void {
    this.#happen({ kind: 'reload', why });
  }

  obey(command: SignalCommand, signal: NodeJS.Signals): void {
    switch (command) {
      case 'stop':
        this.#happen({ kind: 'stop', isQuick: this.#fleet.stop !== undefined, why: signal });
        return;
      case 'stop-quickly':
        this.#happen({ kind: 'stop', isQuick: true, why: signal });
        return;
      case 'reload':
        this.reload(signal);
        return;
      case 'reopen-logs':
        this.#reopenLogs();
        return;
      case 'not-supported':
        this.#log.say('warning', `${signal} is not supported yet; nothing is done`);
        return;
      case 'add-worker':
      case 'remove-worker':
        this.#happen({ kind: command });
        return;
      default:
        unreachable(command);
    }
  }

  #happen(event: FleetEvent): void {
    this.#queue.push(event);
    if (this.#isActing) {
      return;
    }
    this.#isActing = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const [fleet, actions] = step(this.#fleet, next, this.#clock.monotonicMs());
        this.#fleet = fleet;
        for (const action of actions) {
          this.#perform(action);
        }
      }
    } finally {
      this.#isActing = false;
    }
    this.#setTimer();
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    const nowMs = this.#clock.monotonicMs();
    const waitMs = nextDeadline(this.#fleet, nowMs) - nowMs;
    if (waitMs < Number.POSITIVE_INFINITY) {
      this.#timer = setTimeout(
        () => this.#happen({ kind: 'time-passed' }),
        Math.min(TIMER_MS_MAX, Math.max(0, Math.ceil(waitMs))),
      );
    }
  }

  #perform(action: FleetAction): void {
    switch (action.kind) {
      case 'start-edge':
        this.#startEdge();
        return;
      case 'stop-edge':
        this.#edge?.send({ kind: 'stop', deadlineMs: action.deadlineMs });
        this.#closeSockets();
        return;
      case 'kill-edge':
        this.#edge?.kill();
        return;
      case 'start-zygote':
        this.#startZygote(action.generation, action.preload);
        return;
      case 'stop-zygote':
        this.#zygotes.get(action.generation)?.send({ kind: 'stop' });
        return;
      case 'kill-zygote':
        this.#zygotes.get(action.generation)?.kill();
        return;
      case 'spawn-worker': {
        const { worker, name, slot } = action;
        this.#zygotes.get(action.generation)?.send({ kind: 'spawn', worker, name, slot });
        return;
      }
      case 'signal-worker': {
        const { worker, signal } = action;
        this.#zygotes.get(action.generation)?.send({ kind: 'signal', worker, signal: constants.signals[signal] });
        return;
      }
      case 'kill-process':
        killProcess(action.pid);
        return;
      case 'publish':
        this.#edge?.send({ kind: 'workers', active: action.active, gone: action.gone });
        return;
      case 'serve-static':
        this.#serveStatic(action.facts);
        return;
      case 'log':
        this.#log.say(action.level, action.text);
        return;
      case 'announce':
        this.#announce(action);
        return;
      case 'give-up':
        this.#reports.onGivenUp(action.error, action.traceback);
        return;
      case 'finish':
        this.#finish(action.code);
        return;
      default:
        unreachable(action);
    }
  }

  #startEdge(): void {
    this.#edgeMessage = '';
    const configure = configureEdge(this.#site, this.#explicitMounts());
    this.#edge = new EdgeChild(this.#site.edgeProgram, configure, this.#log, {
      onMessage: (message) => {
        switch (message.kind) {
          case 'ready':
            this.#happen({ kind: 'edge-ready' });
            return;
          case 'drained':
            this.#happen({ kind: 'edge-drained' });
            return;
          case 'fatal':
            this.#edgeMessage = message.message;
            return;
          case 'quiet':
            this.#happen({ kind: 'worker-quiet', worker: message.worker });
            return;
          case 'stuck':
            this.#happen({ ...message, kind: 'request-stuck' });
            return;
          case 'log':
            this.#log.say(message.level, message.text, { pid: this.#edge?.pid ?? 0, name: 'edge' });
            return;
          default:
            unreachable(message);
        }
      },
      onExit: (cause) => this.#happen({ kind: 'edge-exited', cause, message: this.#edgeMessage }),
    });
  }

  #startZygote(generation: number, preload: 'auto' | 'always' | 'never'): void {
    const { model, identity } = this.#site;
    const runtime = findRuntime(model, this.#site, identity);
    if (!runtime.ok) {
      this.#happen({ kind: 'zygote-load-failed', generation, error: runtime.fault, traceback: '' });
      this.#happen({ kind: 'zygote-exited', generation, cause: { code: null, signal: null } });
      return;
    }
    const python = runtime.value.interpreter.path;
    this.#pythonPath = python;
    let hasSpoken = false;
    const launch = {
      python,
      program: this.#site.zygoteProgram,
      env: runtime.value.env,
      start: startMessage(this.#site, preload),
    };
    const zygote = new ZygoteChild(launch, this.#log, {
      onMessage: (message) => {
        hasSpoken = true;
        this.#onZygoteMessage(generation, zygote, message);
      },
      onFault: (fault) => this.#log.say('error', `the zygote says what is not understood: ${fault}`),
      onExit: async (cause) => {
        const reason = hasSpoken ? undefined : await explainVersion(python);
        if (reason !== undefined) {
          this.#happen({ kind: 'zygote-load-failed', generation, error: reason, traceback: '' });
        }
        this.#zygotes.delete(generation);
        this.#happen({ kind: 'zygote-exited', generation, cause });
      },
    });
    this.#zygotes.set(generation, zygote);
  }

  #onZygoteMessage(generation: number, zygote: ZygoteChild, message: FromZygote): void {
    switch (message.kind) {
      case 'loaded':
        this.#happen({ ...message, kind: 'zygote-loaded', generation, facts: message.app });
        return;
      case 'load-failed':
        this.#happen({ ...message, kind: 'zygote-load-failed', generation });
        return;
      case 'unsafe-preload':
        this.#happen({ kind: 'zygote-unsafe', generation, reasons: message.reasons });
        return;
      case 'spawned':
        this.#openLog(zygote, message);
        this.#happen({ kind: 'worker-spawned', worker: message.worker, pid: message.pid });
        return;
      case 'ready':
        this.#happen({ kind: 'worker-ready', worker: message.worker, facts: message.app });
        return;
      case 'worker-load-failed':
        this.#happen(message);
        return;
      case 'retire':
        this.#happen({ kind: 'worker-retiring', worker: message.worker, reason: message.reason });
        return;
      case 'exited':
        this.#happen({ kind: 'worker-exited', worker: message.worker, cause: message, reason: message.reason });
        return;
      default:
        unreachable(message);
    }
  }

  #openLog(zygote: ZygoteChild, { worker, pid, log }: Extract<FromZygote, { kind: 'spawned' }>): void {
    const name = this.#fleet.workers.get(worker)?.name ?? `worker ${worker}`;
    try {
      relayOutput(openWorkerLog(log), () => ({ pid, name }), this.#log);
    } catch (error) {
      this.#log.say('error', `the output of worker ${name} cannot be read: ${(error as Error).message}`);
    }
    zygote.send({ kind: 'log-opened', worker });
  }

  #serveStatic(facts: AppFacts): void {
    this.#appMounts = appMounts(this.#site.model, facts, isFolder);
    this.#edge?.send({ kind: 'static', mounts: this.#appMounts });
  }

  #explicitMounts(): StaticMount[] {
    return explicitMounts(this.#site.model, (path) => resolve(this.#site.cwd, path));
  }

  #announce({ generation, unsafeReasons }: Extract<FleetAction, { kind: 'announce' }>): void {
    const { model, sockets } = this.#site;
    this.#reports.onStarted({
      listeners: sockets.map(({ listener }) => listener),
      facts: generation.facts,
      pythonVersion: generation.python,
      pythonPath: this.#pythonPath,
      workers: this.#fleet.target,
      threads: model.threads,
      edgeThreads: model.edgeThreads,
      isPreloaded: generation.preloaded,
      unsafeReasons,
      mounts: [...this.#explicitMounts(), ...this.#appMounts],
      isDevelopment: model.reloadOnChange,
      isRoot: process.geteuid?.() === 0,
      // Counted from the start of the process.
      startMs: this.#clock.monotonicMs(),
    });
  }

  #weighWorkers(): void {
    for (const { id, pid, state } of this.#fleet.workers.values()) {
      const bytes = state === 'ready' ? readMemoryBytes(pid) : undefined;
      if (bytes !== undefined && bytes > this.#site.model.memoryBytesMax) {
        this.#happen({ kind: 'worker-oversized', worker: id, bytes });
      }
    }
  }

  #reopenLogs(): void {
    try {
      this.#site.sink.reopen();
    } catch (error) {
      this.#log.say('error', `the log cannot be opened again: ${(error as Error).message}. The old one is written on`);
    }
    this.#edge?.send({ kind: 'reopen-logs' });
    this.#log.say('info', 'the logs were opened again');
  }

  #closeSockets(): void {
    for (const socket of this.#site.sockets) {
      socket.close();
    }
  }

  #finish(code: number): void {
    clearTimeout(this.#timer);
    this.#closeSockets();
    removePidFile(this.#site.pidFile);
    this.#site.runDirectory.remove();
    this.#log.say('info', `stopped (exit code ${code})`);
    this.#site.sink.finish(this.#clock);
    this.#reports.onFinished(code);
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile.
    return;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The folder may be root's, and we no longer are; an empty file says as much. */
function removePidFile(path: string): void {
  if (path === '') {
    return;
  }
  try {
    truncateSync(path);
    unlinkSync(path);
  } catch {
    return;
  }
}
