/**
 * The loop: facts and commands go into the fleet one by one, and what it wants is done. Everything that decides is in `fleet.ts`;
 * everything that touches a process is in the children.
 */

import { truncateSync, unlinkSync } from 'node:fs';
import { constants } from 'node:os';
import type { Clock } from '../kernel/clock.ts';
import { unreachable } from '../kernel/unreachable.ts';
import type { Announcement } from './announcement.ts';
import { EdgeHost } from './edge-host.ts';
import { createFleet, nextDeadline, step } from './fleet.ts';
import type { Fleet, FleetAction, FleetEvent } from './fleet-types.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import type { Log } from './log.ts';
import { readMemoryBytes } from './memory-watch.ts';
import type { Site } from './prepare.ts';
import type { SignalCommand } from './signals.ts';
import { Zygotes } from './zygotes.ts';

export interface SupervisorReports {
  /** All is ready. */
  onStarted(announcement: Announcement): void;
  /** It never will be. `traceback` may be ''. */
  onGivenUp(error: string, traceback: string): void;
  onFinished(code: number): void;
}

type ActionOf<Kind extends FleetAction['kind']> = Extract<FleetAction, { kind: Kind }>;

/** setTimeout takes no more. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export class Supervisor {
  readonly #site: Site;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #reports: SupervisorReports;
  readonly #edge: EdgeHost;
  readonly #zygotes: Zygotes;
  readonly #queue: FleetEvent[] = [];
  #fleet: Fleet;
  #isActing = false;
  /** When the fleet took its last step. */
  #steppedMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(site: Site, log: Log, clock: Clock, reports: SupervisorReports) {
    this.#site = site;
    this.#log = log;
    this.#clock = clock;
    this.#reports = reports;
    const { model, slotsMax } = site;
    // gevent changes the standard library under the application, which the zygote must be spared: each worker loads it.
    const preload = model.workerClass === 'gevent' ? 'never' : model.preload;
    // Whoever changes the code wants to talk to the new one, not to keep a page on the old.
    const drainTimeoutMs = model.reloadOnChange ? 0 : model.drainTimeoutMs;
    this.#fleet = createFleet({ ...model, preload, drainTimeoutMs, slotsMax });
    this.#edge = new EdgeHost(site, log, (fact) => this.#happen(fact));
    this.#zygotes = new Zygotes(site, log, (fact) => this.#happen(fact));
  }

  start(): void {
    this.#happen({ kind: 'start' });
    if (this.#site.model.memoryBytesMax > 0) {
      setInterval(() => this.#weighWorkers(), SUPERVISOR_LIMITS.memoryPollMs).unref();
    }
    if (this.#site.certificates.current !== undefined) {
      setInterval(() => void this.#watchCertificate(), SUPERVISOR_LIMITS.certificatePollMs).unref();
      setInterval(() => this.#warnOfExpiry(), SUPERVISOR_LIMITS.certificateWarnMs).unref();
    }
  }

  /** The new generation is told of the certificate that its clients are shown, so that comes first. */
  reload(why: string): void {
    if (this.#site.certificates.current === undefined) {
      this.#happen({ kind: 'reload', why });
    } else {
      void this.#renewCertificate().then(() => this.#happen({ kind: 'reload', why }));
    }
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

  /** One event at a time: what happens while something is done for another waits for its turn. */
  #happen(event: FleetEvent): void {
    this.#queue.push(event);
    if (this.#isActing) {
      return;
    }
    this.#isActing = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        this.#steppedMs = this.#clock.monotonicMs();
        const [fleet, actions] = step(this.#fleet, next, this.#steppedMs);
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
    // What was due when the fleet took its last step is done; what has become due since must still wake us, so that time is what counts.
    const waitMs = nextDeadline(this.#fleet, this.#steppedMs) - this.#clock.monotonicMs();
    if (waitMs < Number.POSITIVE_INFINITY) {
      const delayMs = Math.min(TIMER_MS_MAX, Math.max(0, Math.ceil(waitMs)));
      this.#timer = setTimeout(() => this.#happen({ kind: 'time-passed' }), delayMs);
    }
  }

  #perform(action: FleetAction): void {
    // One function for each kind of action, by the type of the table.
    const perform = this.#performers[action.kind] as (action: FleetAction) => void;
    perform(action);
  }

  readonly #performers: { readonly [Kind in FleetAction['kind']]: (action: ActionOf<Kind>) => void } = {
    'start-edge': () => this.#edge.start(),
    'stop-edge': ({ deadlineMs }) => this.#stopEdge(deadlineMs),
    'kill-edge': () => this.#edge.kill(),
    'start-zygote': ({ generation, preload }) => this.#zygotes.start(generation, preload),
    'stop-zygote': ({ generation }) => this.#zygotes.send(generation, { kind: 'stop' }),
    'kill-zygote': ({ generation }) => this.#zygotes.kill(generation),
    'spawn-worker': ({ generation, worker, name, slot }) =>
      this.#zygotes.send(generation, { kind: 'spawn', worker, name, slot }),
    'signal-worker': ({ generation, worker, signal }) =>
      this.#zygotes.send(generation, { kind: 'signal', worker, signal: constants.signals[signal] }),
    'kill-process': ({ pid }) => killProcess(pid),
    publish: (action) => this.#edge.send({ ...action, kind: 'workers' }),
    'serve-static': ({ facts }) => this.#edge.serveStatic(facts),
    log: ({ level, text }) => this.#log.say(level, text),
    announce: (action) => this.#announce(action),
    'give-up': ({ error, traceback }) => this.#reports.onGivenUp(error, traceback),
    finish: ({ code }) => this.#finish(code),
  };

  /** Our own hold on the sockets ends with the edge's, or clients would wait in a backlog that nobody reads. */
  #stopEdge(deadlineMs: number): void {
    this.#edge.send({ kind: 'stop', deadlineMs });
    for (const socket of this.#site.sockets) {
      socket.close();
    }
  }

  #announce({ generation, unsafeReasons }: ActionOf<'announce'>): void {
    const { model, listeners, certificates } = this.#site;
    this.#reports.onStarted({
      listeners,
      certificates: certificates.describe(),
      facts: generation.facts,
      pythonVersion: generation.python,
      pythonPath: this.#zygotes.pythonPath,
      workers: this.#fleet.target,
      threads: model.threads,
      edgeThreads: model.edgeThreads,
      isPreloaded: generation.preloaded,
      unsafeReasons,
      mounts: this.#edge.mounts,
      isDevelopment: model.reloadOnChange,
      isRoot: process.geteuid?.() === 0,
      // Counted from the start of the process.
      startMs: this.#clock.monotonicMs(),
    });
  }

  async #watchCertificate(): Promise<void> {
    if (this.#site.certificates.hasChanged) {
      await this.#renewCertificate();
    }
  }

  async #renewCertificate(): Promise<void> {
    const { certificates } = this.#site;
    const renewed = await certificates.renew();
    const { current } = certificates;
    if (!renewed.ok) {
      this.#log.say('warning', `the certificate in use is kept: ${renewed.fault}`);
    } else if (renewed.value && current !== undefined) {
      this.#edge.send({ kind: 'tls', tls: current.tls });
      this.#log.say('info', `new files of the certificate are in use: ${current.summary}`);
      this.#warnOfExpiry();
    }
  }

  #warnOfExpiry(): void {
    for (const warning of this.#site.certificates.expiryWarnings()) {
      this.#log.say('warning', warning);
    }
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
    this.#edge.send({ kind: 'reopen-logs' });
    this.#log.say('info', 'the logs were opened again');
  }

  #finish(code: number): void {
    clearTimeout(this.#timer);
    for (const socket of this.#site.sockets) {
      socket.close();
    }
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
