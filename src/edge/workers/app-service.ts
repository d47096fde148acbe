/** An application in one edge thread: the gateway to its workers, and the folders that it has declared. */

import type { AppId, EdgeApp } from '../../config/model/app.ts';
import type { StaticFolder, UrlFolder } from '../../config/model/folders.ts';
import { AppGateway } from '../../gateway/app-gateway.ts';
import type { GatewaySettings } from '../../gateway/gateway-options.ts';
import type { Board } from '../../gateway/lanes/board.ts';
import type { NamedFile } from '../../gateway/lanes/response-head.ts';
import type { ReportRoom } from '../../gateway/tell-running.ts';
import { WorkerTally } from '../../gateway/worker-tally.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { RequestStuck, ServeStatic, SetProgress, SetWorkers, WorkerQuiet } from '../../protocol/control/edge.ts';
import type { AppReport, WorkerCounted } from '../../protocol/control/report.ts';
import type { Exchange } from '../../protocol/http/exchange.ts';
import { NO_FIELDS } from '../../protocol/http/response-fields.ts';
import type { InternalErrors } from '../faults/internal-errors.ts';
import { NamedFiles } from '../handlers/static/named-files.ts';
import { tellProgress } from '../pages/developer-pages.ts';
import { followAccelRedirect, hasLocations } from '../pipeline/accel-redirect.ts';
import type { Budgets } from '../shared/budgets.ts';
import type { QueueTables, SharedState } from '../shared/shared-state.ts';
import { waitingElsewhere } from '../shared/shared-state.ts';

/** Streams of different threads begin far apart, so that the board of a lane never names another thread's. */
const STREAMS_PER_THREAD = 0x100000;
/** The part of the graceful timeout after which the clients of tunnels are taken away. The rest is the application's, to finish when it hears of that. */
const TUNNEL_SHARE = 0.8;

/** What an application shares with all else in its thread. */
export interface AppSurroundings {
  /** Index of the thread. */
  readonly thread: number;
  readonly threads: number;
  readonly shared: SharedState;
  readonly budgets: Budgets;
  readonly board: Board;
  readonly bugs: InternalErrors;
  readonly bodyBytesMax: number;
  /** The access log is to know how long an exchange waited, and for what. */
  readonly keepsTimes: boolean;
  readonly log: (level: 'info' | 'warning' | 'error', text: string) => void;
  readonly send: (message: AppMessage) => void;
}

/** `room`: thread `to` may look for a worker. */
export type AppMessage =
  | RequestStuck
  | WorkerCounted
  | WorkerQuiet
  | { readonly kind: 'room'; readonly app: AppId; readonly to: number };

export class AppService {
  readonly gateway: AppGateway;
  /** Requests that were answered with a file of one of its folders. */
  staticRequests = 0;
  readonly #app: EdgeApp;
  readonly #around: AppSurroundings;
  /** What the threads know of each other's requests for this application. */
  readonly #queues: QueueTables;
  readonly #settings: GatewaySettings;
  #declared: readonly StaticFolder[] = [];
  #namedFiles: NamedFiles;
  /** Requests of this thread that wait for a worker. */
  #waiting = 0;
  #isLeaving = false;
  /** What an application that leaves was told of its workers, and acts on when nobody waits for them any more. */
  #held: SetWorkers | undefined;

  constructor(app: EdgeApp, around: AppSurroundings) {
    const queues = around.shared.queues.get(app.id);
    if (queues === undefined) {
      throw new Error(`the application ${app.id} has no counters in shared memory`);
    }
    this.#app = app;
    this.#around = around;
    this.#queues = queues;
    this.#settings = gatewaySettings(app, around);
    this.#namedFiles = this.#compileNamed([]);
    this.gateway = this.#newGateway();
  }

  /** Folders that the loaded application has declared for the edge to serve. */
  get declared(): readonly StaticFolder[] {
    return this.#declared;
  }

  /** Another plan goes on with this application. */
  changeLimits(limits: Pick<AppSurroundings, 'bodyBytesMax' | 'keepsTimes'>): void {
    Object.assign(this.#settings, limits);
  }

  declare({ folders, namedFolders }: ServeStatic): void {
    this.#namedFiles = this.#compileNamed(namedFolders);
    this.#declared = folders;
  }

  /** No plan names it any more. Requests that wait for a worker are still given to those that it has, which drain only then. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** It has no workers any more, and will have none: whoever still comes, by an include or behind an error page of an earlier plan, is refused at once. */
  end(): void {
    this.gateway.breakDown({ status: 503, detail: 'The application was taken away by a reload.', fields: NO_FIELDS });
  }

  setWorkers(message: SetWorkers): void {
    if (this.#isLeaving && this.#waiting > 0) {
      this.#held = { ...message, gone: [...(this.#held?.gone ?? []), ...message.gone] };
      return;
    }
    this.gateway.setWorkers({
      interface: message.interface,
      active: new Set(message.active),
      draining: new Set(message.draining),
      closing: new Set(message.closing),
      gone: message.gone,
    });
  }

  tellProgress(message: SetProgress): void {
    tellProgress(this.gateway, message);
  }

  ask(exchange: Exchange): true {
    this.gateway.submit(exchange);
    return true;
  }

  report(room: ReportRoom): AppReport {
    return { app: this.#app.id, staticRequests: this.staticRequests, ...this.gateway.report(room) };
  }

  takeRoom(): void {
    Atomics.store(this.#queues.told, this.#around.thread, 0);
    this.gateway.takeRoom();
  }

  #newGateway(): AppGateway {
    const { thread, threads, shared, budgets, board, bugs, log, send } = this.#around;
    const { id } = this.#app;
    return new AppGateway({
      settings: this.#settings,
      clock: systemClock,
      ...budgets,
      board,
      units: shared.units,
      tally: new WorkerTally(),
      firstStream: thread * STREAMS_PER_THREAD,
      threads,
      namedFiles: {
        takes: (exchange, file) => this.#redirects(exchange, file) || this.#namedFiles.takes(exchange, file),
        send: (exchange, head, times) => {
          const { namedFile, fields } = head;
          if (namedFile?.value !== undefined && this.#redirects(exchange, namedFile)) {
            followAccelRedirect(exchange, namedFile.value, fields);
          } else {
            this.#namedFiles.send(exchange, head, times);
          }
        },
      },
      log,
      onStuck: (stuck) => send({ kind: 'stuck', app: id, ...stuck }),
      onBug: (what, error) => bugs.note(what, error),
      onQuiet: (worker) => send({ kind: 'quiet', app: id, worker }),
      onCounted: (worker, units) => send({ kind: 'counted', app: id, worker, units }),
      onWaiting: (count) => this.#noteWaiting(count),
      othersWait: () => waitingElsewhere(this.#queues.waiting, thread) !== -1,
      onRoom: () => {
        const to = waitingElsewhere(this.#queues.waiting, thread);
        if (to !== -1 && Atomics.exchange(this.#queues.told, to, 1) === 0) {
          send({ kind: 'room', app: id, to });
        }
      },
    });
  }

  /** A folder that was declared for the path goes before the locations of the site. */
  #redirects(exchange: Exchange, file: NamedFile): boolean {
    return file.field === 'x-accel-redirect' && hasLocations(exchange) && !this.#namedFiles.knows(file);
  }

  #noteWaiting(count: number): void {
    this.#waiting = count;
    Atomics.store(this.#queues.waiting, this.#around.thread, count);
    if (count === 0 && this.#held !== undefined) {
      // The gateway is in the middle of giving the last of them to a worker.
      setImmediate(() => this.#release());
    }
  }

  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) {
      this.setWorkers(held);
    }
  }

  #compileNamed(folders: readonly UrlFolder[]): NamedFiles {
    return new NamedFiles([...this.#app.namedFolders, ...folders], { clock: systemClock, log: this.#around.log });
  }
}

function gatewaySettings(
  { timeouts, queue, webSockets }: EdgeApp,
  { threads, bodyBytesMax, keepsTimes }: AppSurroundings,
): GatewaySettings {
  return {
    timeoutMs: timeouts.requestMs,
    queueMax: Math.ceil(queue.depthMax / threads),
    queueTimeoutMs: queue.timeoutMs,
    bodyBytesMax,
    keepsTimes,
    takesWebSockets: webSockets.isOn,
    webSockets,
    tunnelDrainMs: timeouts.gracefulMs * TUNNEL_SHARE,
  };
}
