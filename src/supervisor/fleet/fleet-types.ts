/**
 * What is known of a server and of each of its applications, what happens to them (past facts and commands), and what is to be done.
 *
 * `ServerFleet` is the server: its edge, its end, and an `AppFleet` for each application, whose generations and workers have nothing to do with another's.
 */

import type { AppId } from '../../config/model/app.ts';
import type { Progress } from '../../protocol/control/edge.ts';
import type { AppFacts, FinishPhase, LoadFault } from '../../protocol/control/zygote.ts';
import type { RequestFacts } from '../log/log-event.ts';
import type { ServerTitle } from '../server-title.ts';

/**
 * starting  its process was asked for, and it cannot be given requests yet
 * ready     is given requests
 * retiring  is given requests until its replacement is ready
 * draining  is given none, and ends when it has finished those it has
 * stopping  was killed, and is not gone yet
 */
export type WorkerState = 'starting' | 'ready' | 'retiring' | 'draining' | 'stopping';

export interface FleetWorker {
  readonly id: number;
  readonly name: string;
  readonly generation: number;
  /** The place it fills, 0 to target − 1. Its replacement fills the same. */
  readonly seat: number;
  /** Index into the table of berths; its slots follow from it. */
  readonly berth: number;
  /** 0 until its process is known. */
  pid: number;
  state: WorkerState;
  sinceMs: number;
  /** When something is done about it if nothing happens before. */
  deadlineMs: number;
  /** Requests that were reported stuck in it. */
  stuckCount: number;
  /** Why it is to end; '' as long as it is not, and where a reload or another number of workers is the reason. */
  why: string;
  /** Draining, and its WebSockets are being closed: the drain timeout is over, or its place is needed. */
  isClosing: boolean;
  /** Its start timeout is over: it is asked for tracebacks, and killed when they are written. */
  isOverdue: boolean;
  /** It was told by SIGABRT, for its hooks, that it will be killed. */
  isAborted?: boolean;
}

/** One place in a generation: what is remembered when the worker in it changes. */
export interface Seat {
  failures: number;
  notBeforeMs: number;
}

export interface Generation {
  readonly id: number;
  readonly preload: Preload;
  /** ending: its zygote was told to stop, or will be once its workers have drained. */
  state: 'loading' | 'loaded' | 'ending';
  /** When it was asked for. */
  sinceMs: number;
  isStopSent: boolean;
  /** When its zygote must have loaded the application, or, once it was told to stop, must have ended. */
  deadlineMs: number;
  /** When its zygote is pinged next. */
  askAtMs: number;
  /** Its start timeout is over: its zygote is asked for a traceback, and killed when that is written. */
  isOverdue: boolean;
  preloaded: boolean;
  python: string;
  facts: AppFacts | undefined;
  seats: Seat[];
  failures: number;
}

/** The state that the service manager is told. */
export type ServiceState = 'starting' | 'ready' | 'reloading' | 'stopping';

export type Preload = 'auto' | 'always' | 'never';

/** What the whole server goes by. */
export interface ServerSettings {
  /** How long an edge may take to be ready. */
  readonly startTimeoutMs: number;
  /** How long the edge may take to answer a ping. 0: it is not pinged. */
  readonly edgeTimeoutMs: number;
  /** How long requests may go on when the server stops. */
  readonly gracefulTimeoutMs: number;
}

export interface AppSettings {
  readonly id: AppId;
  /** Before the names of workers, where there are several applications: `shop:`. */
  readonly namePrefix: string;
  /** The first of its slots in the load table; those of other applications are below it, and from `slotsMax` on. */
  readonly firstSlot: number;
  readonly workers: number;
  readonly threads: number;
  readonly preload: Preload;
  /** How WSGI applications are run. */
  readonly workerClass: 'sync' | 'gevent';
  /** How many slots it has. */
  readonly slotsMax: number;
  readonly startTimeoutMs: number;
  /** How long a zygote may take to answer a ping. 0: none is pinged. */
  readonly edgeTimeoutMs: number;
  readonly gracefulTimeoutMs: number;
  /** How long streams of asynchronous applications may go on in a worker that drains. */
  readonly drainTimeoutMs: number;
  readonly timeoutMs: number;
  readonly maxAgeMs: number;
  /** Readers of the log look for uWSGI's word for a request that takes too long. */
  readonly saysHarakiri?: boolean;
  /** --reload: nobody is served by code that has changed, and code that cannot be loaded is waited for. */
  readonly isDevelopment: boolean;
  /** Hooks of gunicorn's are to be called: a worker that is killed hears of it before, by the signal that it would get there. */
  readonly hasHooks?: boolean;
}

export interface ServerFleet {
  settings: ServerSettings;
  readonly apps: Map<AppId, AppFleet>;
  /** The edge was ready, and each application was served, or could not be loaded while others are. */
  isStarted: boolean;
  /** Reloads that were asked for since the start, also while the first application was still being loaded. */
  reloadCount: number;
  serviceState: ServiceState;
  /** What the list of processes shows. */
  title: ServerTitle;
  edge: EdgeState;
  stop:
    | { phase: 'edge' | 'workers' | 'interrupted' | 'killing'; deadlineMs: number; code: number; isOver: boolean }
    | undefined;
}

export interface EdgeState {
  /** leaving: it finishes what it has, to be replaced; stuck: it was killed, and is not gone yet. */
  state: 'starting' | 'ready' | 'leaving' | 'stuck' | 'ended';
  wasReady: boolean;
  failures: number;
  sinceMs: number;
  notBeforeMs: number;
  /** When the edge must be ready, must have answered, or must have ended. */
  deadlineMs: number;
  /** When the edge is pinged next, all of its threads. */
  askAtMs: number;
  /** Why it was killed. */
  verdict: string;
}

/**
 * joining  is loaded for a configuration that is not served yet
 * joined   could serve it
 * serving  is one of the server's applications
 * leaving  is named by nothing any more, finishes what it has, and is forgotten
 */
export type Membership = 'joining' | 'joined' | 'serving' | 'leaving';

export interface AppFleet {
  readonly settings: AppSettings;
  membership: Membership;
  /** Workers wanted; TTIN and TTOU change it. */
  target: number;
  /** The generation that is given requests. */
  current: number | undefined;
  /** The one that is to replace it and is not ready yet. */
  next: number | undefined;
  generations: Map<number, Generation>;
  workers: Map<number, FleetWorker>;
  /** The berths that were free longest are taken first: by then the edge has heard of the end of the worker that had one. */
  freeBerths: number[];
  lastWorker: number;
  lastGeneration: number;
  /** Generations that were given requests. */
  takeoverCount: number;
  /** Why preloading was found unsafe; it is not tried again. */
  unsafeReasons: readonly string[];
  /** One of `unsafeReasons` is a lock that the import holds. */
  holdsLock: boolean;
  /** No second worker can have that lock while a first one lives, so a worker is ended before it is replaced. */
  isAlone: boolean;
  /** Some worker was ready once. */
  wasReady: boolean;
  /** It could not be loaded when the server started, while others could: its requests are refused until a reload mends it. */
  isFailed: boolean;
  /** A reload has asked for `next`, which does not merely replace a generation that was lost. */
  isReloading: boolean;
  /** The last reload has failed: an older version serves. */
  isOld: boolean;
  /** In development: the code cannot be loaded, and is not loaded again before it has changed. */
  isBroken: boolean;
  /** It may be broken only because workers of the version before, which finish what they have, still hold the lock that the import takes. */
  awaitsLock: boolean;
  /** Warnings about the application that serves: the summary of the start or a reload has told them. */
  toldWarnings: readonly string[];
  /** Why it could not be loaded, since it was last loaded or a reload was asked for. */
  loadFault: Pick<LoadFault, 'error' | 'traceback'> | undefined;
  /** The last fault of the application that was logged in full, so that it is logged once. */
  loggedFault: string;
  zygoteRetry: Seat;
  gone: number[];
  /** The last `active` and `draining` that were published, as text; undefined: it must be said again. */
  published: string | undefined;
}

/** What has happened to an application. */
export type AppFact =
  | {
      readonly kind: 'zygote-loaded';
      readonly generation: number;
      readonly preloaded: boolean;
      readonly python: string;
      readonly facts: AppFacts | undefined;
    }
  | ({ readonly kind: 'zygote-load-failed'; readonly generation: number } & LoadFault)
  | {
      readonly kind: 'zygote-unsafe';
      readonly generation: number;
      readonly reasons: readonly string[];
      readonly holdsLock: boolean;
    }
  | { readonly kind: 'zygote-answered'; readonly generation: number }
  | { readonly kind: 'zygote-exited'; readonly generation: number; readonly cause: Exit }
  | { readonly kind: 'worker-spawned'; readonly worker: number; readonly pid: number }
  | { readonly kind: 'worker-ready'; readonly worker: number; readonly facts: AppFacts }
  | ({ readonly kind: 'worker-load-failed'; readonly worker: number } & LoadFault)
  | { readonly kind: 'worker-retiring'; readonly worker: number; readonly reason: string }
  | { readonly kind: 'worker-exited'; readonly worker: number; readonly cause: Exit; readonly reason: string }
  | { readonly kind: 'worker-oversized'; readonly worker: number; readonly bytes: number }
  | { readonly kind: 'worker-quiet'; readonly worker: number }
  | {
      readonly kind: 'request-stuck';
      readonly worker: number;
      readonly requestId: string;
      readonly method: string;
      readonly path: string;
      readonly seconds: number;
      readonly isLoop: boolean;
    };

export type EdgeFact =
  | { readonly kind: 'edge-ready' }
  | { readonly kind: 'edge-answered' }
  | { readonly kind: 'edge-leaving'; readonly deadlineMs: number }
  | { readonly kind: 'edge-drained' }
  | { readonly kind: 'edge-exited'; readonly cause: Exit; readonly message: string };

export type FleetFact = (AppFact & { readonly app: AppId }) | EdgeFact | { readonly kind: 'time-passed' };

export type FleetCommand =
  | { readonly kind: 'start' }
  /** `isBrutal`: the workers are killed, and nobody serves until new ones are ready. */
  | { readonly kind: 'reload'; readonly why: string; readonly isBrutal?: true }
  | { readonly kind: 'join-app'; readonly settings: AppSettings }
  /** The configuration for which applications have joined is served. */
  | { readonly kind: 'change-apps'; readonly settings: ServerSettings }
  /** No configuration that is served names these (any more). */
  | { readonly kind: 'drop-apps'; readonly ids: readonly AppId[] }
  /** By load: 0 lets all of them go, until there is work again. */
  | { readonly kind: 'scale-app'; readonly app: AppId; readonly workers: number; readonly why: string }
  /** All workers are let go, until there is work again. */
  | { readonly kind: 'go-cheap'; readonly why: string }
  | { readonly kind: 'add-worker' }
  | { readonly kind: 'remove-worker' }
  | { readonly kind: 'set-workers'; readonly app: AppId; readonly workers: number }
  | { readonly kind: 'stop'; readonly isQuick: boolean; readonly why: string };

export type FleetEvent = FleetFact | FleetCommand;
export type EventOf<Kind extends AppFact['kind']> = Extract<AppFact, { kind: Kind }>;

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it could not be started, in which case there is neither code nor signal. */
  readonly error?: string;
}

/** What is to be done for an application. */
export type AppAction =
  /** `isReload`: a reload has asked for it, and the application has been served by another before. */
  | {
      readonly kind: 'start-zygote';
      readonly generation: number;
      readonly preload: Preload;
      readonly isReload?: boolean;
    }
  /** `isEnd`: the server ends, and no other generation takes its place. */
  | { readonly kind: 'stop-zygote'; readonly generation: number; readonly isEnd?: boolean }
  /** A reload is over: the generation that serves is the only one. */
  | { readonly kind: 'tell-alone'; readonly generation: number }
  /** Another number of workers is wanted. */
  | { readonly kind: 'tell-workers'; readonly generation: number; readonly count: number; readonly before: number }
  | { readonly kind: 'kill-zygote'; readonly generation: number }
  | { readonly kind: 'ask-zygote'; readonly generation: number }
  /** A traceback of what it is doing, into the log. */
  | { readonly kind: 'dump-zygote'; readonly generation: number }
  | {
      readonly kind: 'spawn-worker';
      readonly generation: number;
      readonly worker: number;
      readonly name: string;
      readonly slot: number;
    }
  | {
      readonly kind: 'signal-worker';
      readonly generation: number;
      readonly worker: number;
      readonly signal: 'SIGKILL' | 'SIGUSR2' | 'SIGQUIT' | 'SIGABRT';
    }
  | {
      readonly kind: 'finish-worker';
      readonly generation: number;
      readonly worker: number;
      readonly withinMs: number;
      readonly phase: FinishPhase;
    }
  /** Signals a worker whose zygote is gone. */
  | { readonly kind: 'kill-process'; readonly generation: number; readonly pid: number }
  | {
      readonly kind: 'publish';
      readonly active: readonly number[];
      readonly interface: 'wsgi' | 'asgi' | 'gevent' | undefined;
      readonly draining: readonly number[];
      readonly closing: readonly number[];
      readonly gone: readonly number[];
    }
  | { readonly kind: 'serve-static'; readonly facts: AppFacts }
  /** What visitors are to get, in development. */
  | ({ readonly kind: 'tell-progress' } & Progress)
  | LogAction;

/** A line of the log. */
export interface LogAction {
  readonly kind: 'log';
  /** The application that it is about. */
  readonly app?: AppId;
  readonly level: 'debug' | 'info' | 'warning' | 'error';
  readonly text: string;
  readonly about?: RequestFacts;
}

/** What is to be done for the whole server. */
export type ServerAction =
  | { readonly kind: 'start-edge' }
  | { readonly kind: 'stop-edge'; readonly deadlineMs: number }
  | { readonly kind: 'kill-edge' }
  | { readonly kind: 'ask-edge' }
  | { readonly kind: 'tell-state'; readonly state: ServiceState; readonly isOld: boolean }
  /** What the list of processes is to show. */
  | { readonly kind: 'tell-title'; readonly title: ServerTitle }
  /** The server has started, with these applications. */
  | { readonly kind: 'announce'; readonly apps: readonly StartedApp[] }
  /** An application that was to join can serve, or cannot. */
  | { readonly kind: 'app-joined'; readonly id: AppId }
  | { readonly kind: 'app-refused'; readonly id: AppId; readonly error: string; readonly traceback: string }
  /** Nothing is left of an application that has left. */
  | { readonly kind: 'forget-app'; readonly id: AppId }
  | { readonly kind: 'give-up'; readonly error: string; readonly traceback: string }
  | { readonly kind: 'finish'; readonly code: number }
  | LogAction;

/** An application that serves when the start is announced. */
export interface StartedApp {
  readonly id: AppId;
  readonly workers: number;
  readonly generation: Generation;
  readonly unsafeReasons: readonly string[];
}

export type FleetAction = (AppAction & { readonly app: AppId }) | ServerAction;

/** A step of the server in the making: what is being changed, and what is to be done for it. */
export interface ServerTurn {
  readonly server: ServerFleet;
  readonly nowMs: number;
  readonly actions: { push(action: FleetAction): void };
}

/** The part that a step has for one application. */
export interface Turn {
  readonly server: ServerFleet;
  readonly fleet: AppFleet;
  readonly nowMs: number;
  /** Names the application in what is pushed. */
  readonly actions: { push(action: AppAction): void };
  /** The step of the whole server that this is a part of. */
  readonly whole: ServerTurn;
}
