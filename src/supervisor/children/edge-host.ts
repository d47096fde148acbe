/** The edge that runs now, and what the next edge in its place has to be told as well. */

import type { AppId } from '../../config/model/app.ts';
import { edgeModel } from '../../config/model/edge-model.ts';
import type {
  ConfigureEdge,
  HiddenLog,
  PlanCommitted,
  PlanMessage,
  PlanPrepared,
  PlanRefused,
  ServeStatic,
  SetProgress,
  ToEdge,
  WorkersOf,
} from '../../protocol/control/edge.ts';
import type { EdgeReport, WorkerCounted } from '../../protocol/control/report.ts';
import type { FleetFact } from '../fleet/fleet-types.ts';
import { appSettings } from '../fleet-settings.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import { closeHiddenLogs, openHiddenLogs } from '../log/hidden-logs.ts';
import type { Log } from '../log/log.ts';
import type { PreparedServer } from '../prepare.ts';
import type { SocketHandle } from '../sockets/socket-handle.ts';
import type { SpoolFolders } from '../spool-folders.ts';
import { spoolParents } from '../spool-folders.ts';
import { EdgeReports } from '../status/edge-reports.ts';
import { factOfEdge } from './child-facts.ts';
import type { EdgeLaunch } from './edge-child.ts';
import { EdgeChild } from './edge-child.ts';
import { PastRequests } from './past-requests.ts';

/** What an edge is told of an application, and the next edge as well. */
type Told = ServeStatic | SetProgress;

export type PlanAnswer = PlanPrepared | PlanRefused | PlanCommitted | { readonly kind: 'gone' };

export class EdgeHost {
  readonly #server: PreparedServer;
  readonly #spoolFolders: SpoolFolders;
  readonly #log: Log;
  readonly #onFact: (fact: FleetFact) => void;
  readonly #told = new Map<string, Told>();
  #child: EdgeChild | undefined;
  /** Of the edge that runs, or is started next. */
  #ready = Promise.withResolvers<void>();
  #isReady = false;
  #onPlan: ((answer: PlanAnswer) => void) | undefined;
  #lastSocket = 0;
  /** What it tells of workers and requests. */
  readonly reports: EdgeReports;
  onCounted: (message: WorkerCounted) => void = () => undefined;
  onReportsLost: (last: readonly EdgeReport[]) => void = () => undefined;
  readonly #past = new PastRequests(SUPERVISOR_LIMITS.leaveAfterMs);
  /** How many edges were started: whoever waits for something else sees by it whether the edge is still the same. */
  startCount = 0;

  constructor(server: PreparedServer, spoolFolders: SpoolFolders, log: Log, onFact: (fact: FleetFact) => void) {
    this.#server = server;
    this.#spoolFolders = spoolFolders;
    this.#log = log;
    this.#onFact = onFact;
    this.reports = new EdgeReports({
      threads: server.model.edge.threads,
      waitMs: SUPERVISOR_LIMITS.reportMs,
      ask: (number) => this.#child?.send({ kind: 'report', number }) ?? false,
    });
  }

  /** 0 while there is none. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  start(): void {
    this.startCount += 1;
    let reason = '';
    const hiddenLogs = this.#openHiddenLogs();
    const child = new EdgeChild(launchOf(this.#server), configureEdge(this.#server, hiddenLogs), this.#log, {
      onMessage: (message) => {
        if (message.kind === 'log') {
          this.#log.say(message.level, message.text, { pid: child.pid, name: 'edge' });
        } else if (message.kind === 'fatal') {
          reason = message.message;
        } else if (message.kind === 'spool-folder') {
          this.#spoolFolders.adopt(message);
        }
        if (message.kind === 'ready') {
          this.#isReady = true;
          this.#ready.resolve();
        }
        if (message.kind === 'prepared' || message.kind === 'refused' || message.kind === 'committed') {
          this.#onPlan?.(message);
        }
        if (message.kind === 'report') {
          this.reports.heed(message);
        } else if (message.kind === 'counted') {
          this.onCounted(message);
        }
        this.#past.heed(message);
        const fact = factOfEdge(message);
        if (fact !== undefined) {
          this.#onFact(fact);
        }
      },
      onExit: (cause) => {
        this.#spoolFolders.removeAll();
        this.#child = undefined;
        if (this.#isReady) {
          this.#isReady = false;
          this.#ready = Promise.withResolvers();
        }
        this.#onPlan?.({ kind: 'gone' });
        this.#past.forget();
        this.onReportsLost(this.reports.onGone());
        this.#onFact({ kind: 'edge-exited', cause, message: reason });
      },
    });
    this.#child = child;
    // The edge has inherited them.
    closeHiddenLogs(hiddenLogs);
    for (const message of this.#told.values()) {
      this.send(message);
    }
  }

  #openHiddenLogs(): readonly HiddenLog[] {
    const { model, identity } = this.#server;
    try {
      return openHiddenLogs(model, identity);
    } catch (error) {
      // The edge tries their paths, and says which it cannot open.
      this.#log.say('error', `a log cannot be opened: ${(error as Error).message}`);
      return [];
    }
  }

  /** An edge that is started later is told as well. */
  tell(message: Told): void {
    this.#told.set(`${message.kind} ${message.app}`, message);
    this.send(message);
  }

  /** An application has gone for good. */
  forget(app: AppId): void {
    for (const [key, message] of this.#told) {
      if (message.app === app) {
        this.#told.delete(key);
      }
    }
    this.send({ kind: 'workers', app, interface: undefined, active: [], draining: [], closing: [], gone: [] });
  }

  send(message: ToEdge): void {
    this.#child?.send(message);
  }

  /** An edge that is still started heeds nothing but its start. Resolves also if it takes too long. */
  async whenReady(): Promise<void> {
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, SUPERVISOR_LIMITS.planAnswerMs);
    await Promise.race([this.#ready.promise, patience.promise]);
    clearTimeout(timer);
  }

  /** Resolves with what the edge says next of the plan; `gone` if it has ended, or there is none. */
  ask(message: PlanMessage): Promise<PlanAnswer> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => answer({ kind: 'gone' }), SUPERVISOR_LIMITS.planAnswerMs);
      const answer = (said: PlanAnswer): void => {
        clearTimeout(timer);
        this.#onPlan = undefined;
        resolve(said);
      };
      if (this.#child === undefined) {
        answer({ kind: 'gone' });
        return;
      }
      this.#onPlan = answer;
      this.#child.send(message);
    });
  }

  /** Calls back when no request that began before this plan waits for an answer, or when that takes too long. */
  whenAnswered(plan: number, act: () => void): void {
    this.#past.when(plan, act);
  }

  /** Gives the running edge sockets; returns what stands for their descriptors in a `prepare`. */
  give(handles: readonly SocketHandle[]): number[] {
    return handles.map((handle) => {
      this.#lastSocket += 1;
      this.#child?.sendSocket({ kind: 'socket', number: this.#lastSocket }, handle);
      return -1 - this.#lastSocket;
    });
  }

  kill(): void {
    this.#child?.kill();
  }
}

function launchOf({ edgeProgram, identity }: PreparedServer): EdgeLaunch {
  return { program: edgeProgram, identity };
}

/** What the edge is told before anything else. */
function configureEdge(server: PreparedServer, hiddenLogs: readonly HiddenLog[]): ConfigureEdge {
  const { model, listeners, wires, logs, slots, certificates } = server;
  return {
    kind: 'configure',
    model: edgeModel(model, certificates.upstreamTls),
    listeners,
    lanes: wires.listening,
    logs,
    hiddenLogs,
    spoolParents: spoolParents(server.env),
    workers: workersOf(server),
    board: wires.board,
    slotsMax: slots.total,
    tls: certificates.tls,
  };
}

/** What the workers of each application are known by. */
export function workersOf({ model, secrets, slots }: Pick<PreparedServer, 'model' | 'secrets' | 'slots'>): WorkersOf[] {
  return appSettings(model, slots).map(({ id, firstSlot, slotsMax }) => ({
    app: id,
    secret: secrets[id] ?? '',
    firstSlot,
    slotsMax,
  }));
}
