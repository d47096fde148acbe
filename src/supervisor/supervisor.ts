/**
 * The loop: facts and commands go into the fleet one by one, and what it wants is done. Everything that decides is in `fleet.ts`;
 * everything that touches a process is in the children.
 */

import type { App, AppId } from '../config/model/app.ts';
import { Attention } from '../kernel/attention.ts';
import type { Clock } from '../kernel/clock.ts';
import { collectGarbage } from '../kernel/garbage.ts';
import { failure } from '../kernel/outcome.ts';
import { unreachable } from '../kernel/unreachable.ts';
import type { Announcement } from './announcement.ts';
import { AppChanges } from './app-changes.ts';
import { CertificateWatch } from './certificate-watch.ts';
import type { AppSurroundings } from './children/app-host.ts';
import { AppHost } from './children/app-host.ts';
import { EdgeHost } from './children/edge-host.ts';
import type { Zygotes } from './children/zygotes.ts';
import { describeSystemError, factOfFailure } from './fleet/failed-action.ts';
import { createFleet, nextDeadline, step } from './fleet/fleet.ts';
import type { FleetAction, FleetCommand, FleetEvent, ServerAction, ServerFleet } from './fleet/fleet-types.ts';
import { appSettings, serverSettings } from './fleet-settings.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import type { Log } from './log/log.ts';
import { reopenLogs } from './log/reopen-logs.ts';
import type { ModelSource } from './model-reload.ts';
import { ModelReload } from './model-reload.ts';
import type { PreparedServer } from './prepare.ts';
import { ReleaseWatch } from './release-watch.ts';
import { Reloads } from './reloads.ts';
import { WorkerScaling } from './scaling/worker-scaling.ts';
import { ServiceReport } from './service-report.ts';
import type { SignalCommand } from './signals.ts';
import { addressOf } from './sockets/address-of.ts';
import { SocketWatch } from './sockets/socket-watch.ts';
import { SpoolFolders, spoolParents } from './spool-folders.ts';
import { Status } from './status/status.ts';
import { tellWorkers } from './tell-workers.ts';
import { isTerminal, TerminalWatch } from './terminal-watch.ts';
import { Upgrade } from './upgrade/upgrade.ts';
import { readVersion } from './version.ts';

export interface SupervisorReports {
  /** The edge and the first workers are ready. */
  onStarted(announcement: Announcement): void;
  /** The server cannot be started. `traceback` may be ''. */
  onGivenUp(error: string, traceback: string): void;
  onFinished(code: number): void;
}

type ActionOf<Kind extends ServerAction['kind']> = Extract<ServerAction, { kind: Kind }>;

/** EX_SOFTWARE of sysexits.h: an error of our own. */
const INTERNAL_ERROR = 70;

export class Supervisor {
  readonly #server: PreparedServer;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #reports: SupervisorReports;
  readonly #edge: EdgeHost;
  readonly #apps = new Map<AppId, AppHost>();
  readonly #appChanges: AppChanges;
  readonly #spoolFolders: SpoolFolders;
  readonly #socketWatch: SocketWatch;
  readonly #terminal: TerminalWatch;
  readonly #release: ReleaseWatch;
  readonly reloads: Reloads;
  readonly status: Status;
  readonly #modelReload: ModelReload | undefined;
  readonly #certificates: CertificateWatch;
  readonly #upgrade: Upgrade;
  readonly #scaling: WorkerScaling;
  readonly #queue: FleetEvent[] = [];
  /** Called after each step of the fleet. */
  readonly #watchers = new Set<() => void>();
  #fleet: ServerFleet;
  #isActing = false;
  readonly #report: ServiceReport;
  readonly #attention = new Attention(SUPERVISOR_LIMITS.lookEveryMs);
  /** When the fleet took its last step, in attended time, as all times that it knows. */
  #steppedMs = 0;
  /** When the clock is looked at next: in the clock's own time, not in attended time. */
  #lookDueMs = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The operator does not wait for the end: it was asked for twice, or at once. */
  #isHurried = false;
  /** After an error of our own nothing is decided any more. */
  #hasFailed = false;

  /** `source`: reads the configuration again, if the server was described by files. */
  constructor(server: PreparedServer, log: Log, clock: Clock, reports: SupervisorReports, source?: ModelSource) {
    this.#server = server;
    this.#log = log;
    this.#clock = clock;
    this.#reports = reports;
    this.#fleet = createFleet(serverSettings(server.model), appSettings(server.model, server.slots));
    this.#report = new ServiceReport(server, log);
    this.#socketWatch = new SocketWatch(() => this.#server.sockets, log);
    this.#terminal = new TerminalWatch(isTerminal);
    this.#release = new ReleaseWatch(log, readVersion);
    this.#spoolFolders = new SpoolFolders(
      { python: () => this.#python, identity: server.identity },
      spoolParents(server.env),
      log,
    );
    this.#edge = new EdgeHost(server, this.#spoolFolders, log, (fact) => this.#happen(fact));
    this.#certificates = new CertificateWatch(server, {
      ...{ edge: this.#edge, log },
      renewPlan: () => this.#modelReload?.renewPlan() ?? Promise.resolve(undefined),
    });
    const onAsk = (what: 'reload' | 'stop'): void =>
      what === 'reload' ? this.reloads.ask('the application') : this.stop(false, 'the application');
    const newHost = (app: App, of: Pick<AppSurroundings, 'model' | 'certificates'>): AppHost =>
      new AppHost(app, { ...of, server, edge: this.#edge, log, onAsk }, (fact) =>
        this.#happen({ ...fact, app: app.id }),
      );
    for (const app of server.model.apps) {
      this.#apps.set(app.id, newHost(app, server));
    }
    const command = (event: FleetCommand): void => this.#happen(event);
    this.#appChanges = new AppChanges({ server, edge: this.#edge, hosts: this.#apps, newHost, command });
    const plans = new ModelReload({
      // Where no file describes the server its plan changes only to rest.
      source: source ?? (() => Promise.resolve(failure([]))),
      ...{ server, edge: this.#edge, apps: this.#appChanges, log, clock },
      renewCertificate: () => this.#certificates.renew(true),
    });
    this.#modelReload = source && plans;
    this.#upgrade = new Upgrade({ server, log, edge: plans, isServing: () => this.#isServing });
    this.status = new Status({
      ...{ server, edge: this.#edge, clock, fleet: () => this.#fleet, nowMs: () => this.#nowMs },
      ...{ onFault: (error) => this.fail(error), besideOf: (id) => this.#apps.get(id)?.zygotes.beside },
    });
    this.#scaling = new WorkerScaling({
      ...{ command, fleet: () => this.#fleet, nowMs: () => this.#nowMs },
      model: () => this.#server.model,
      ask: () => this.#edge.reports.ask(),
      endIdle: (why) => this.stop(false, why),
    });
    this.reloads = new Reloads({
      ...{ clock, log, command, fleet: () => this.#fleet, model: () => this.#modelReload },
      look: () => this.#socketWatch.look(),
      renewCertificates: () => (server.certificates.isUsed ? this.#certificates.renew() : undefined),
    });
  }

  start(): void {
    this.#report.start(() => this.#fleet);
    this.#upgrade.watchPredecessor();
    this.#happen({ kind: 'start' });
    this.status.start();
    this.#removeStaleFolders();
    // Nobody knows whether a folder that was in use a moment before the start was left behind, until nothing has touched it for a while.
    setTimeout(() => this.#removeStaleFolders(), SUPERVISOR_LIMITS.staleFoldersAgainMs).unref();
    setInterval(() => this.#weighWorkers(), SUPERVISOR_LIMITS.memoryPollMs).unref();
    if (this.#socketWatch.isNeeded) {
      setInterval(() => this.#socketWatch.look(), SUPERVISOR_LIMITS.socketPollMs).unref();
    }
    this.#scaling.start(this.#modelReload !== undefined);
    if (this.#terminal.isNeeded) {
      setInterval(() => this.#terminal.look(), SUPERVISOR_LIMITS.terminalPollMs).unref();
    }
    if (this.#server.certificates.isUsed || this.#modelReload !== undefined) {
      this.#certificates.start();
    }
  }

  #removeStaleFolders(): void {
    void this.#spoolFolders.removeStale(spoolParents(this.#server.env));
  }

  get fleet(): ServerFleet {
    return this.#fleet;
  }

  readonly hostOf = (app: AppId): AppHost | undefined => this.#apps.get(app);

  command(command: FleetEvent): void {
    this.#happen(command);
  }

  /** Calls back after each step of the fleet. Returns what ends it. */
  watch(look: () => void): () => void {
    this.#watchers.add(look);
    return () => this.#watchers.delete(look);
  }

  get #isServing(): boolean {
    return this.#fleet.isStarted && this.#fleet.stop === undefined;
  }

  /** `why`: the signal, or what else has told the server so. */
  obey(command: SignalCommand, why: string): void {
    switch (command) {
      case 'stop':
        this.stop(this.#fleet.stop !== undefined, why);
        return;
      case 'stop-patiently':
        this.stop(false, why);
        return;
      case 'stop-quickly':
        this.stop(true, why);
        return;
      case 'reload':
        if (this.#server.model.process.triggers?.endsOnReload === true) {
          this.stop(false, why);
        } else if (this.#terminal.hasHungUp()) {
          this.#onHangUp();
        } else if (!this.#upgrade.takesReload(why)) {
          this.reloads.ask(why);
        }
        return;
      case 'reload-brutally':
        this.#happen({ kind: 'reload', why, isBrutal: true });
        return;
      case 'upgrade':
        this.#eachZygotes((zygotes) => zygotes.sendAll({ kind: 'upgrade' }));
        this.#upgrade.begin(why);
        return;
      case 'rest':
        this.#upgrade.rest(why);
        return;
      case 'pause':
        this.#upgrade.pause(why);
        return;
      case 'tell-workers':
        tellWorkers(this.#fleet, this.#nowMs, this.#log);
        return;
      case 'reopen-logs':
        void reopenLogs({ server: this.#server, edge: this.#edge, apps: this.#apps.values(), log: this.#log });
        return;
      case 'go-cheap':
        this.#happen({ kind: command, why });
        return;
      case 'add-worker':
      case 'remove-worker':
        this.#happen({ kind: command });
        return;
      default:
        unreachable(command);
    }
  }

  /** The kernel and the shell may both tell of it: the second time is no hurry. */
  #onHangUp(): void {
    if (this.#fleet.stop === undefined) {
      this.stop(false, 'the terminal was closed');
    }
  }

  stop(isQuick: boolean, why: string): void {
    this.reloads.forget();
    if (isQuick) {
      this.#isHurried = true;
      this.#eachZygotes((zygotes) => zygotes.hurry());
    }
    if (this.#hasFailed) {
      this.#abandon();
    } else {
      this.#happen({ kind: 'stop', isQuick, why });
    }
  }

  /**
   * An error of our own, wherever it was thrown: what the fleet knows may not be so any more. The edge finishes what it can in a few
   * seconds, then all children are killed, and whoever has started us starts us again. A second such error does not wait.
   */
  fail(error: unknown): void {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#log.say('error', `internal error, the server ends: ${words}`);
    if (this.#hasFailed || !this.#fleet.isStarted) {
      this.#abandon();
      return;
    }
    this.#hasFailed = true;
    clearTimeout(this.#timer);
    const deadlineMs = Math.min(this.#server.model.edge.gracefulMs, SUPERVISOR_LIMITS.internalErrorEndMs);
    setTimeout(() => this.#abandon(), deadlineMs + SUPERVISOR_LIMITS.edgeOverdueMs);
    this.#stopEdge(deadlineMs);
  }

  /** The end after an error of our own. */
  #abandon(): void {
    this.#hasFailed = true;
    this.#edge.kill();
    this.#eachZygotes((zygotes) => zygotes.killAll());
    void this.#leave(INTERNAL_ERROR);
  }

  /** Events are taken one at a time: what happens while something is done for one of them waits for its turn. */
  #happen(event: FleetEvent): void {
    if (this.#hasFailed) {
      if (event.kind === 'edge-exited') {
        this.#abandon();
      }
      return;
    }
    this.#queue.push(event);
    if (this.#isActing) {
      return;
    }
    this.#isActing = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        this.#steppedMs = this.#nowMs;
        const [fleet, actions] = step(this.#fleet, next, this.#steppedMs);
        this.status.follow({ before: this.#fleet, event: next, after: fleet });
        this.#fleet = fleet;
        for (const action of actions) {
          this.#perform(action);
        }
      }
    } finally {
      this.#isActing = false;
    }
    this.#setTimer();
    for (const look of this.#watchers) {
      look();
    }
  }

  get #nowMs(): number {
    return this.#attention.attended(this.#clock.monotonicMs());
  }

  /** A timer is set also when nothing is due, so that the supervisor notices when it was itself away. */
  #setTimer(): void {
    clearTimeout(this.#timer);
    // What was due when the fleet took its last step is done; what has become due since must still wake us, so that time is what counts.
    const waitMs = nextDeadline(this.#fleet, this.#steppedMs) - this.#nowMs;
    const leftMs = this.#lookDueMs - this.#clock.monotonicMs();
    this.#timer = setTimeout(() => this.#onTimer(), Math.max(0, Math.ceil(Math.min(waitMs, leftMs))));
  }

  #onTimer(): void {
    const clockMs = this.#clock.monotonicMs();
    if (clockMs >= this.#lookDueMs) {
      this.#lookDueMs = clockMs + SUPERVISOR_LIMITS.lookEveryMs;
      this.#attention.look(clockMs);
    }
    // What children have said meanwhile waits in their pipes, and is heard first: the immediate comes behind the reading.
    setImmediate(() => this.#onTime());
  }

  #onTime(): void {
    if (nextDeadline(this.#fleet, this.#steppedMs) <= this.#nowMs) {
      this.#happen({ kind: 'time-passed' });
    } else if (!this.#hasFailed) {
      this.#setTimer();
    }
  }

  #perform(action: FleetAction): void {
    try {
      if (isOfApp(action)) {
        this.#performForApp(action);
      } else {
        // One function for each kind of action, by the type of the table.
        const perform = this.#performers[action.kind] as (action: ServerAction) => void;
        perform(action);
      }
    } catch (error) {
      const failure = describeSystemError(error);
      if (failure === undefined) {
        throw error; // A bug.
      }
      this.#onFailed(action, failure);
    }
  }

  /** The kernel has refused something. What the fleet has to know of it is a fact like others; the rest is found out by its deadlines. */
  #onFailed(action: FleetAction, error: string): void {
    const fact = factOfFailure(action, error);
    if (fact === undefined) {
      this.#log.say('error', `"${action.kind}" could not be done: ${error}`);
    } else {
      this.#happen(fact);
    }
  }

  #performForApp(action: Extract<FleetAction, { readonly app: AppId }>): void {
    if (action.kind === 'start-zygote') {
      this.#release.look();
    }
    this.#apps.get(action.app)?.perform(action);
    if (action.kind === 'tell-progress' && action.progress === 'broken' && !this.#fleet.isStarted) {
      // The summary, which says where, comes only when the code is mended.
      this.#log.say('info', `listening at ${this.#server.listeners.map(addressOf).join(', ')}`);
    }
  }

  readonly #performers: { readonly [Kind in ServerAction['kind']]: (action: ActionOf<Kind>) => void } = {
    'start-edge': () => {
      this.#release.look();
      this.#edge.start();
    },
    'stop-edge': ({ deadlineMs }) => this.#stopEdge(deadlineMs),
    'kill-edge': () => this.#edge.kill(),
    'ask-edge': () => this.#edge.send({ kind: 'ping' }),
    'tell-state': ({ state, isOld }) => {
      const { successorPid } = this.#upgrade;
      if (state === 'stopping' && successorPid > 0) {
        this.#report.handOver(successorPid);
      } else {
        this.#report.tellState(state, { isOld, workers: this.#workerCount });
      }
    },
    'tell-title': ({ title }) => {
      this.#report.tellTitle(title);
      this.reloads.onTitle(title);
    },
    log: ({ level, text, about }) => this.#log.say(level, text, undefined, about),
    announce: (action) => this.#announce(action),
    'app-joined': ({ id }) => this.#appChanges.onJoined(id),
    'app-refused': ({ id, error, traceback }) => this.#appChanges.onRefused(id, error, traceback),
    'forget-app': ({ id }) => this.#appChanges.onForgotten(id),
    'give-up': ({ error, traceback }) => this.#reports.onGivenUp(error, traceback),
    finish: ({ code }) => void this.#finish(code),
  };

  get #workerCount(): number {
    return [...this.#fleet.apps.values()].reduce((sum, { target }) => sum + target, 0);
  }

  /** For what only Python can do. A server without an application takes the one that Portico was installed for, or what the PATH has. */
  get #python(): string {
    const ofApps = [...this.#apps.values()].map(({ zygotes }) => zygotes.pythonPath);
    return (
      ofApps.find((path) => path !== '') ?? (ofApps.length > 0 ? '' : this.#server.installation.python || 'python3')
    );
  }

  #eachZygotes(act: (zygotes: Zygotes) => void): void {
    for (const { zygotes } of this.#apps.values()) {
      act(zygotes);
    }
  }

  /** Our own hold on the sockets ends with the edge's, or clients would wait in a backlog that nobody reads. */
  #stopEdge(deadlineMs: number): void {
    this.#edge.send({ kind: 'stop', deadlineMs });
    this.#closeSockets();
  }

  #announce({ apps }: ActionOf<'announce'>): void {
    const { model, listeners, certificates } = this.#server;
    this.#reports.onStarted({
      listeners,
      certificates: certificates.describe(),
      apps: apps.flatMap((app) => this.#apps.get(app.id)?.describe(app) ?? []),
      edgeThreads: model.edge.threads,
      isDevelopment: model.development !== undefined,
      isRoot: (this.#server.identity?.uid ?? process.geteuid?.()) === 0,
      // Counted from the start of the process.
      startMs: this.#clock.monotonicMs(),
      pid: process.pid,
    });
    setTimeout(collectGarbage, SUPERVISOR_LIMITS.collectAfterMs).unref();
  }

  #weighWorkers(): void {
    for (const [id, fleet] of this.#fleet.apps) {
      this.#apps.get(id)?.weigh(fleet);
    }
  }

  /** The children have ended. What they have left behind is ended as well. */
  async #finish(code: number): Promise<void> {
    clearTimeout(this.#timer);
    this.#closeSockets();
    if (this.#isHurried) {
      this.#eachZygotes((zygotes) => zygotes.hurry());
    }
    await Promise.all([...this.#apps.values()].map(({ zygotes }) => zygotes.endRest()));
    await this.#leave(code);
  }

  #closeSockets(): void {
    this.status.close();
    for (const socket of this.#server.sockets) {
      socket.close(this.#upgrade.successorPid > 0);
    }
  }

  async #leave(code: number): Promise<void> {
    clearTimeout(this.#timer);
    this.#closeSockets();
    this.#server.pidFile?.remove();
    this.#spoolFolders.removeAll();
    this.#server.wires.close();
    this.#log.say('info', `stopped (exit code ${code})`);
    await this.#server.serverLogs.finish(this.#clock);
    this.#reports.onFinished(code);
  }
}

function isOfApp(action: FleetAction): action is Extract<FleetAction, { readonly app: AppId }> {
  return 'app' in action && action.app !== undefined;
}
