/**
 * One edge thread: its listeners, its connections, its applications, put together. Threads share nothing but counters in shared memory;
 * what the supervisor says reaches each of them, and what they say is gathered by the edge's main.
 */

import { hostname } from 'node:os';
import type { AppId } from '../config/model/app.ts';
import { Board } from '../gateway/lanes/board.ts';
import type { ReportRoom } from '../gateway/tell-running.ts';
import { NO_WORKERS } from '../gateway/worker-sets.ts';
import { httpDate, systemClock } from '../kernel/clock.ts';
import type {
  AbandonPlan,
  CommitPlan,
  ConfigureEdge,
  FromEdge,
  PlanMessage,
  PreparePlan,
  SetWorkers,
  ToEdge,
  WorkersOf,
} from '../protocol/control/edge.ts';
import type { EdgeReport } from '../protocol/control/report.ts';
import { REPORT_LIMITS } from '../protocol/control/report.ts';
import { LogFiles } from './access-log/log-files.ts';
import type { ConnectionLimits } from './connections/connection-limits.ts';
import { connectionLimits } from './connections/connection-limits.ts';
import { ConnectionTable } from './connections/connection-table.ts';
import { Listeners } from './connections/listeners.ts';
import { CountedLog } from './faults/counted-log.ts';
import { InternalErrors } from './faults/internal-errors.ts';
import { EDGE_LIMITS } from './limits.ts';
import type { ZoneMemory } from './pipeline/zones.ts';
import type { Budgets } from './shared/budgets.ts';
import { newBudgets } from './shared/budgets.ts';
import { readDescriptorLimit } from './shared/descriptor-limit.ts';
import type { QueueTables, SharedState } from './shared/shared-state.ts';
import { Traffic } from './shared/traffic.ts';
import { Leftovers } from './sites/leftovers.ts';
import { PastPlans } from './sites/past-plans.ts';
import { loadPlanning } from './sites/sites.ts';
import type { Planning } from './sites/sites-parts.ts';
import type { ThreadPlanParts } from './sites/thread-plan.ts';
import { ThreadPlan } from './sites/thread-plan.ts';
import { newHttp1Memory } from './transport/http1-memory.ts';
import { ZlibContexts } from './transport/websocket/zlib-contexts.ts';
import type { AppMessage, AppService } from './workers/app-service.ts';
import type { LaneDoor } from './workers/lane-listener.ts';
import { listenForLanes } from './workers/lane-listener.ts';

/**
 * Messages of a thread to the edge's main, beside those for the supervisor. `advice`: a line for the operator, told
 * once whichever thread has noticed it. `failed`: an error was thrown that belongs to no connection or lane, which could end by it.
 */
export type FromThread =
  | FromEdge
  | AppMessage
  | { readonly kind: 'failed' }
  | { readonly kind: 'advice'; readonly about: string; readonly text: string };
/** A plan, with the memory that its threads share and the present plan has not. */
export interface PlanForThreads extends PreparePlan {
  readonly queues: ReadonlyMap<AppId, QueueTables>;
  readonly zones: ZoneMemory;
}

/** `leave`: stop, but keep the workers for the edge that follows. */
export type ToThread =
  | Exclude<ToEdge, PlanMessage>
  | PlanForThreads
  | CommitPlan
  | AbandonPlan
  | { readonly kind: 'room'; readonly app: AppId }
  | { readonly kind: 'leave'; readonly deadlineMs: number };

/** A plan that waits for its `commit`. */
interface PreparedPlan {
  readonly message: PlanForThreads;
  readonly plan: ThreadPlan;
}

export interface EdgeThreadParts {
  readonly index: number;
  readonly config: ConfigureEdge;
  readonly shared: SharedState;
  /** Of the model of `config`. */
  readonly planning: Planning;
  readonly send: (message: FromThread) => void;
}

export class EdgeThread {
  readonly #index: number;
  readonly #config: ConfigureEdge;
  readonly #shared: SharedState;
  readonly #send: (message: FromThread) => void;
  readonly #traffic: Traffic;
  #limits: ConnectionLimits;
  readonly #table: ConnectionTable;
  readonly #budgets: Budgets;
  readonly #board: Board;
  readonly #listeners: Listeners;
  readonly #doors = new Map<AppId, LaneDoor>();
  /** Applications that the plan does not name any more, and that have workers which finish what they have. */
  readonly #leaving = new Map<AppId, AppService>();
  readonly #pastPlans = new PastPlans({
    connections: () => this.#table.all(),
    onAnswered: (plan) => this.#send({ kind: 'answered', plan }),
  });
  #plan: ThreadPlan;
  #prepared: PreparedPlan | undefined;
  /** Number of the plan that is to be prepared; 0 when that is not wanted any more. */
  #preparing = 0;
  #workers: readonly WorkersOf[];
  readonly #bugs: InternalErrors;
  readonly #leftovers = new Leftovers(() => this.#table.size === 0);
  readonly #logFiles: LogFiles;
  /** On the monotonic clock: the wall clock is asked once a second. */
  #dateSecond = 0;
  #date = '';
  #isDrained = false;
  /** Another edge follows: the workers are kept for it. */
  #isFollowed = false;

  constructor({ index, config, shared, planning, send }: EdgeThreadParts) {
    this.#index = index;
    this.#config = config;
    this.#workers = config.workers;
    this.#shared = shared;
    this.#send = send;
    this.#bugs = new InternalErrors(systemClock, (text) => this.#log('error', text));
    this.#traffic = new Traffic(shared.traffic, shared.connections, index);
    this.#logFiles = new LogFiles(hostname(), (text) => this.#log('error', text));
    this.#limits = connectionLimits(config.model.edge, readDescriptorLimit());
    this.#table = this.#newTable();
    this.#budgets = newBudgets(config, shared, index, send);
    this.#budgets.space.onBug = (error) => this.#bugs.note('what waits in a file', error);
    this.#board = new Board(config.board, index, config.model.edge.threads);
    const logPlaces = config.hiddenLogs.map(({ path, fd }) => ({ path, place: `/proc/self/fd/${fd}` }));
    const { model, logs } = config;
    this.#plan = this.#newPlan({ model, logs, logPlaces, zones: shared.zones, planning });
    this.#listeners = this.#newListeners();
  }

  /**
   * An error that was thrown where nobody knows for which connection: in a timer, in what the kernel calls back. The state of this thread may be wrong by now.
   * After the first such error the edge leaves; those that follow meanwhile are only logged.
   */
  onUncaught(error: unknown): void {
    this.#bugs.note('an edge thread', error);
    this.#send({ kind: 'failed' });
  }

  #log(level: 'info' | 'warning' | 'error', text: string): void {
    this.#send({ kind: 'log', level, text });
  }

  #newTable(): ConnectionTable {
    return new ConnectionTable({
      clock: systemClock,
      caps: this.#limits.caps,
      counters: this.#shared.connections,
      traffic: this.#traffic,
      onRefused: (count, cap) => this.#log('warning', `connections refused: ${count}; ${this.#limits.texts[cap]}`),
      onEmpty: () => this.#checkDrained(),
    });
  }

  /** Throws where the model cannot be run. */
  #newPlan(
    of: Pick<ThreadPlanParts, 'model' | 'logs' | 'zones' | 'planning'> & Pick<PlanForThreads, 'logPlaces'>,
    running: ThreadPlanParts['running'] = new Map(),
  ): ThreadPlan {
    const log = this.#log.bind(this);
    const parts: ThreadPlanParts = {
      ...of,
      thread: this.#index,
      traffic: this.#traffic,
      logFiles: this.#logFiles,
      running,
      aroundApps: {
        thread: this.#index,
        threads: this.#config.model.edge.threads,
        shared: this.#shared,
        budgets: this.#budgets,
        board: this.#board,
        bugs: this.#bugs,
        log,
        send: this.#send,
      },
      bugs: this.#bugs,
      onAdvice: (about, text) => this.#send({ kind: 'advice', about, text }),
      log,
    };
    return this.#logFiles.withPlaces(of.logPlaces, () => new ThreadPlan(parts));
  }

  #newListeners(): Listeners {
    const log = this.#log.bind(this);
    return new Listeners({
      thread: this.#index,
      table: this.#table,
      sessions: this.#shared.sessions,
      statuses: this.#shared.statuses,
      common: {
        ...newHttp1Memory(),
        table: this.#table,
        contexts: new ZlibContexts(),
        date: () => this.#today(),
        monotonicMs: () => systemClock.monotonicMs(),
        refusals: new CountedLog('no request in what came from', (text) => this.#log('info', text)),
        bugs: this.#bugs,
        log,
      },
      bugs: this.#bugs,
      log,
    });
  }

  /** The wall clock is asked each time: behind a pause of the whole process, what is read first comes before any timer. */
  #today(): string {
    const nowMs = systemClock.nowMs();
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#dateSecond) {
      this.#dateSecond = second;
      this.#date = httpDate(nowMs);
    }
    return this.#date;
  }

  /** Listens on the lane socket and every listener; `ready` is said when clients and workers can connect. */
  start(): void {
    const { lanes, model, tls } = this.#config;
    this.#plan.begin();
    this.#openDoors();
    listenForLanes({
      where: { fd: laneOf(lanes, this.#index), backlog: EDGE_LIMITS.laneBacklog },
      doors: this.#doors,
      log: (level, text) => this.#log(level, text),
      onBug: (what, error) => this.#bugs.note(what, error),
    });
    if (tls !== undefined) {
      this.#listeners.renewTls(tls);
    }
    const loading = this.#listeners.load(model, tls !== undefined);
    if (loading === undefined) {
      this.#listen();
    } else {
      void loading.then(() => this.#listen());
    }
  }

  /** The applications of the plan are the ones whose workers are let in, and those that leave: a WebSocket may still be given a connection of its own. */
  #openDoors(): void {
    for (const app of this.#doors.keys()) {
      if (!this.#leaving.has(app)) {
        this.#doors.delete(app);
      }
    }
    for (const each of this.#workers) {
      const gateway = this.#plan.apps.get(each.app)?.gateway;
      if (gateway !== undefined) {
        this.#doors.set(each.app, { ...each, gateway });
      }
    }
  }

  #listen(): void {
    if (!this.#table.isStopping) {
      this.#listeners.serve(this.#config.listeners, this.#plan);
      this.#send({ kind: 'ready' });
      this.#leftovers.afterStart();
    }
  }

  receive(message: ToThread): void {
    switch (message.kind) {
      case 'workers':
        this.#appOf(message)?.setWorkers(message);
        this.#forgetEmpty(message);
        return;
      case 'static':
      case 'tls':
      case 'ticket-keys':
      case 'staples':
      case 'reopen-logs':
        this.#change(message);
        return;
      case 'progress':
        this.#appOf(message)?.tellProgress(message);
        return;
      case 'room':
        this.#appOf(message)?.takeRoom();
        return;
      case 'stop':
        this.#stop(message.deadlineMs);
        return;
      case 'leave':
        this.#isFollowed = true;
        this.#stop(message.deadlineMs);
        return;
      case 'ping':
        this.#send({ kind: 'pong' });
        return;
      case 'report':
        this.#send(this.#report(message.number));
        return;
      case 'prepare':
        void this.#prepare(message);
        return;
      case 'commit':
        this.#commit(message.plan);
        return;
      case 'abandon':
        this.#preparing = 0;
        this.#abandon();
        return;
      case 'configure':
      case 'socket':
        return;
    }
  }

  #report(number: number): EdgeReport {
    const services = new Set([...this.#plan.apps.values(), ...this.#leaving.values()]);
    const room: ReportRoom = { left: REPORT_LIMITS.runningMax };
    return {
      kind: 'report',
      number,
      thread: this.#index,
      traffic: this.#traffic.numbers(),
      apps: [...services].map((service) => service.report(room)),
    };
  }

  /** Workers of an application that only a plan to come has are known before it is run. */
  #appOf({ app }: { readonly app: AppId }): AppService | undefined {
    return this.#plan.apps.get(app) ?? this.#prepared?.plan.apps.get(app) ?? this.#leaving.get(app);
  }

  #abandon(): void {
    const plan = this.#prepared?.plan;
    this.#prepared = undefined;
    if (plan !== undefined) {
      plan.close();
      this.#letGo(plan);
      this.#openDoors();
    }
  }

  /** The applications that only this plan has, which is not run (any more). */
  #letGo(plan: ThreadPlan): void {
    for (const [app, service] of plan.apps) {
      if (!this.#plan.apps.has(app)) {
        service.leave();
        this.#leaving.set(app, service);
      }
    }
  }

  /** The last worker of an application that leaves has ended. */
  #forgetEmpty({ app, interface: kind, active, draining }: SetWorkers): void {
    const leaving = this.#leaving.get(app);
    // As long as the kind is said, workers that have ended are followed by others.
    if (leaving !== undefined && kind === undefined && active.length === 0 && draining.length === 0) {
      leaving.end();
      this.#leaving.delete(app);
      this.#doors.delete(app);
    }
  }

  async #prepare(message: PlanForThreads): Promise<void> {
    const { plan: number, queues, model, tls } = message;
    this.#preparing = number;
    try {
      const planning = await loadPlanning(model);
      await this.#listeners.load(model, tls !== undefined);
      if (this.#preparing !== number) {
        return;
      }
      for (const [app, tables] of queues) {
        this.#shared.queues.set(app, tables);
      }
      const plan = this.#newPlan({ ...message, planning }, this.#plan.apps);
      this.#prepared = { message, plan };
      // Their workers dial while the present plan is still run.
      for (const each of message.workers.filter(({ app }) => !this.#plan.apps.has(app))) {
        const gateway = plan.apps.get(each.app)?.gateway;
        if (gateway !== undefined) {
          // No application that is still there has the name of a new one.
          this.#leaving.delete(each.app);
          this.#doors.set(each.app, { ...each, gateway });
        }
      }
      this.#send({ kind: 'prepared', plan: number });
    } catch (error) {
      this.#send({ kind: 'refused', plan: number, message: (error as Error).message });
    }
  }

  #commit(number: number): void {
    const prepared = this.#prepared;
    if (prepared === undefined || prepared.message.plan !== number || this.#table.isStopping) {
      return;
    }
    const before = this.#plan;
    this.#prepared = undefined;
    this.#plan = prepared.plan;
    this.#plan.begin();
    this.#limits = connectionLimits(this.#plan.model.edge, readDescriptorLimit());
    this.#table.changeCaps(this.#limits.caps);
    const { listeners, tls, workers } = prepared.message;
    try {
      if (tls !== undefined) {
        this.#listeners.renewTls(tls);
      }
      this.#listeners.serve(listeners, this.#plan);
    } catch (error) {
      this.#bugs.note('the addresses of a new plan', error);
    }
    this.#letGo(before);
    this.#workers = workers;
    this.#openDoors();
    this.#send({ kind: 'committed', plan: number });
    this.#pastPlans.add(before, number);
    this.#leftovers.afterPlan();
  }

  /** Takes over new settings. Where they cannot be taken, the earlier ones stay. */
  #change(message: Extract<ToThread, { kind: 'static' | 'tls' | 'ticket-keys' | 'staples' | 'reopen-logs' }>): void {
    try {
      switch (message.kind) {
        case 'static':
          this.#appOf(message)?.declare(message);
          this.#plan.redeclare();
          this.#prepared?.plan.redeclare();
          return;
        case 'tls':
          this.#listeners.renewTls(message.tls);
          return;
        case 'ticket-keys':
          this.#listeners.renewTicketKeys(message.keys);
          return;
        case 'staples':
          this.#listeners.renewStaples(message.staples);
          return;
        case 'reopen-logs':
          this.#logFiles.withPlaces(message.logPlaces, () => this.#logFiles.reopen());
          return;
      }
    } catch (error) {
      this.#bugs.note(`a change ("${message.kind}")`, error);
    }
  }

  /**
   * Connections in the backlogs are accepted first: the kernel has let these clients in, and closing the socket would reset them. Even the last of them has
   * time to send its request.
   */
  #stop(deadlineMs: number): void {
    this.#table.isStopping = true;
    this.#listeners.announceEnd();
    const close = (): void => {
      this.#listeners.close();
      this.#checkDrained();
      setTimeout(() => this.#table.closeIdle(), EDGE_LIMITS.stopIdleMs);
    };
    // The backlogs are read before the immediate is run, also if the thread was kept from running when the time was over.
    setTimeout(() => setImmediate(close), EDGE_LIMITS.stopIdleMs);
    // Lanes are read before the immediate is run: what workers have answered by then is still sent.
    setTimeout(() => setImmediate(() => this.#table.destroyAll()), deadlineMs).unref();
  }

  #checkDrained(): void {
    if (!this.#table.isStopping || this.#isDrained || this.#table.size > 0 || this.#listeners.isListening) {
      return;
    }
    this.#isDrained = true;
    if (!this.#isFollowed) {
      for (const { gateway } of [...this.#plan.apps.values(), ...this.#leaving.values()]) {
        gateway.setWorkers(NO_WORKERS);
      }
    }
    this.#logFiles.flush();
    this.#budgets.overload.finish();
    this.#send({ kind: 'drained' });
  }
}

function laneOf(lanes: readonly number[], thread: number): number {
  const fd = lanes[thread];
  if (fd === undefined) {
    throw new Error(`edge thread ${thread} was given no socket for its lanes`);
  }
  return fd;
}
