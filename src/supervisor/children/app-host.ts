/** What runs an application: its zygotes, and through them its workers. Does what the fleet wants done for it. */

import { constants } from 'node:os';
import type { App, AppId } from '../../config/model/app.ts';
import type { ServerModel } from '../../config/model/server-model.ts';
import type { AppAnnouncement } from '../announcement.ts';
import type { CertificateKeeper } from '../certificate-keeper.ts';
import type { AppAction, AppFact, AppFleet, FleetWorker, StartedApp } from '../fleet/fleet-types.ts';
import type { AskedTracebacks } from '../log/asked-tracebacks.ts';
import type { Log } from '../log/log.ts';
import type { LogNames } from '../log-names.ts';
import { logNames } from '../log-names.ts';
import { readMemoryBytes } from '../memory-watch.ts';
import type { PreparedServer } from '../prepare.ts';
import { appFolders, contentsOf, foldersOf } from '../static-mounts.ts';
import type { EdgeHost } from './edge-host.ts';
import { Zygotes } from './zygotes.ts';

type ActionOf<Kind extends AppAction['kind']> = Extract<AppAction, { kind: Kind }>;

export interface AppSurroundings {
  readonly server: PreparedServer;
  readonly edge: EdgeHost;
  readonly log: Log;
  /** That the application is a part of; the server may still run another one. */
  readonly model: ServerModel;
  /** Of that model. */
  readonly certificates: CertificateKeeper;
  /** The application asks for it. */
  readonly onAsk: (what: 'reload' | 'stop') => void;
}

export class AppHost {
  readonly zygotes: Zygotes;
  readonly #app: App;
  readonly #server: PreparedServer;
  readonly #edge: EdgeHost;
  readonly #log: Log;
  readonly #names: LogNames;
  readonly #onFact: (fact: AppFact) => void;

  constructor(
    app: App,
    { server, edge, log, model, certificates, onAsk }: AppSurroundings,
    onFact: (fact: AppFact) => void,
  ) {
    this.#app = app;
    this.#server = server;
    this.#edge = edge;
    this.#log = log;
    this.#onFact = onFact;
    this.#names = logNames(app, model);
    const isServing = () => server.model.apps.some(({ id }) => id === app.id);
    const parts = {
      log,
      onAsk,
      names: this.#names,
      certificates: () => (isServing() ? server.certificates : certificates),
    };
    this.zygotes = new Zygotes(server, app, parts, onFact);
  }

  get id(): AppId {
    return this.#app.id;
  }

  perform(action: AppAction): void {
    // One function for each kind of action, by the type of the table.
    const perform = this.#performers[action.kind] as (action: AppAction) => void;
    perform(action);
  }

  readonly #performers: { readonly [Kind in AppAction['kind']]: (action: ActionOf<Kind>) => void } = {
    'start-zygote': ({ generation, preload, isReload = false }) =>
      this.zygotes.start(generation, { preload, isReload }),
    'stop-zygote': ({ generation, isEnd = false }) => this.zygotes.send(generation, { kind: 'stop', isEnd }),
    'tell-alone': ({ generation }) => this.zygotes.send(generation, { kind: 'alone' }),
    'tell-workers': ({ generation, count, before }) =>
      this.zygotes.send(generation, { kind: 'workers', count, before }),
    'kill-zygote': ({ generation }) => this.zygotes.kill(generation),
    'ask-zygote': ({ generation }) => this.zygotes.send(generation, { kind: 'ping' }),
    'dump-zygote': ({ generation }) => this.zygotes.dump(generation),
    'spawn-worker': ({ generation, worker, name, slot }) =>
      this.zygotes.send(generation, { kind: 'spawn', worker, name, slot }),
    'signal-worker': ({ generation, worker, signal }) => {
      this.zygotes.askedOf(worker)?.leaveToLog();
      this.zygotes.send(generation, { kind: 'signal', worker, signal: constants.signals[signal] });
    },
    'finish-worker': ({ generation, worker, withinMs, phase }) =>
      this.zygotes.send(generation, { kind: 'finish', worker, withinMs, phase }),
    'kill-process': ({ generation, pid }) => this.zygotes.killWorker(generation, pid),
    publish: ({ active, interface: kind, draining, closing, gone }) =>
      this.#edge.send({ kind: 'workers', app: this.id, interface: kind, active, draining, closing, gone }),
    'serve-static': ({ facts }) => {
      const folders = appFolders(contentsOf(this.#server.model, this.id), facts);
      this.#edge.tell({ kind: 'static', app: this.id, folders, namedFolders: facts.named });
    },
    'tell-progress': (action) => this.#edge.tell({ ...action, kind: 'progress', app: this.id }),
    log: ({ level, text, about }) => this.#log.say(level, `${this.#names.line}${text}`, undefined, about),
  };

  describe({ workers, generation, unsafeReasons }: StartedApp): AppAnnouncement {
    return {
      id: this.id,
      facts: generation.facts,
      pythonVersion: generation.python,
      pythonPath: this.zygotes.pythonPath,
      pythonOrigin: this.zygotes.pythonOrigin,
      workers,
      threads: this.#app.threads,
      isPreloaded: generation.preloaded,
      unsafeReasons,
      ...foldersOf(this.#server.model, this.#app, generation.facts),
    };
  }

  /** Asks a worker for tracebacks that are not for the log. Undefined if it has only just been started, or has ended. */
  askTracebacks({ id, generation }: FleetWorker, onLine: () => void): AskedTracebacks | undefined {
    const asked = this.zygotes.askedOf(id);
    if (asked !== undefined) {
      asked.ask(onLine);
      this.zygotes.send(generation, { kind: 'signal', worker: id, signal: constants.signals.SIGUSR2 });
    }
    return asked;
  }

  /** Workers that use too much memory are told of. */
  weigh({ workers }: AppFleet): void {
    const { memoryBytesMax } = this.#app.recycling;
    for (const { id, pid, state } of memoryBytesMax === 0 ? [] : workers.values()) {
      const bytes = state === 'ready' ? readMemoryBytes(pid) : undefined;
      if (bytes !== undefined && bytes > memoryBytesMax) {
        this.#onFact({ kind: 'worker-oversized', worker: id, bytes });
      }
    }
  }
}
