/** What the supervisor and the edge say to each other over Node's IPC channel (docs/control.md). Plain JSON both ways. */

import type { AppId } from '../../config/model/app.ts';
import type { StaticFolder, UrlFolder } from '../../config/model/folders.ts';
import type { EdgeModel } from '../../config/model/server-model.ts';
import type { NamedKeyFiles, SiteTls } from '../../config/model/site-tls.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { MessageFields } from './message-fields.ts';
import type { EdgeReport, WorkerCounted } from './report.ts';
import { parseCounted, parseReport } from './report.ts';
import type { SentModel } from './sent-model.ts';
import { packModel, unpackModel } from './sent-model.ts';
import type { Staple, StapledKey } from './staple.ts';

/**
 * The descriptor by which the edge has the server's standard error, for error logs that go there. What it writes to its own standard error is taken for words of the
 * process, and stands in the server's log.
 */
export const SERVER_STDERR = 4;

/** One address that clients connect to, as the supervisor bound it. */
export interface BoundListener {
  /** Index in `allListeners` of the model: what is spoken there, and to which sites. */
  readonly listener: number;
  /**
   * Descriptors inherited by the edge process. An address of TCP or UDP has one for each edge thread (SO_REUSEPORT), in the order of the
   * threads; a Unix socket has one, which all threads share. Bound, and not yet listening the first time: the edge calls `listen({ fd })`.
   */
  readonly fds: readonly number[];
  readonly kind: 'tcp' | 'udp' | 'unix';
  /** IP address without brackets; '' for a Unix socket. */
  readonly address: string;
  /** 0 for a Unix socket. */
  readonly port: number;
  /** '' for TCP and UDP. */
  readonly path: string;
  readonly isTls: boolean;
  /** Absent: HTTP, or what a stream passes on. */
  readonly speaks?: 'uwsgi';
  /** Its connections, or datagrams, are passed on as they are. */
  readonly isStream: boolean;
}

/** PEM throughout. */
export interface CertifiedKey {
  /** The server's own certificate first. */
  readonly chain: string;
  /** Not encrypted with a password. */
  readonly key: string;
  /** Absent: the word of its authority is not sent with it. */
  readonly stapled?: StapledKey;
}

export interface NamedKey extends Pick<NamedKeyFiles, 'certFile' | 'keyFile'> {
  /** Tried on keys that are encrypted. */
  readonly passwords: readonly string[];
}

/** What a set of sites that go by the same rules speak TLS with; '' where a text of PEM stands for nothing. */
export interface TlsContextSettings
  extends Pick<
    SiteTls,
    | 'ciphers'
    | 'clientResolver'
    | 'clientResponder'
    | 'clients'
    | 'clientStatus'
    | 'clientStatusCache'
    | 'curves'
    | 'keepsSessions'
    | 'prefersServerCiphers'
    | 'prioritizesChaCha'
    | 'protocols'
    | 'recordBytesMax'
    | 'rejectsHandshake'
    | 'sessionMs'
    | 'signatures'
    | 'usesTickets'
    | 'verifyDepth'
  > {
  /** Protocols that are agreed on (ALPN); empty: none. Absent: those of HTTP. */
  readonly alpn?: readonly string[];
  /** One for each kind of key. */
  readonly certificates: readonly CertifiedKey[];
  /** In their place: those that are found for each client. Absent: none. */
  readonly named?: readonly NamedKey[];
  /** The authorities of clients, which are told to them, and further ones. */
  readonly caCerts: string;
  readonly trustedCerts: string;
  readonly crl: string;
  readonly dhParams: string;
  /** Those of the site's own, the first of which seals; empty: the server's. */
  readonly ticketKeys: readonly string[];
  /** At most 32 characters: a session is taken up again only where it was made with the same. */
  readonly sessionContext: string;
}

/**
 * By how many milliseconds sessions last: keys of 48 bytes in base64, with which their tickets are sealed, so that each thread can resume the sessions of the others. The first seals,
 * all open.
 */
export type TicketKeysByLifetime = Readonly<Record<number, readonly string[]>>;

export interface TlsSettings {
  /** Each set of rules once. */
  readonly contexts: readonly TlsContextSettings[];
  /** By site of the model: index in `contexts`; null: as for the default site of the listener. */
  readonly sites: readonly (number | null)[];
  readonly ticketKeys: TicketKeysByLifetime;
  /** Those that are at hand. Absent: none. */
  readonly staples?: readonly Staple[];
}

/** What the workers of an application are known by. */
export interface WorkersOf {
  readonly app: AppId;
  /** What a lane must know to be let in: only the workers of this application do. */
  readonly secret: string;
  /** The slots that they may have. */
  readonly firstSlot: number;
  readonly slotsMax: number;
}

export interface HiddenLog {
  readonly path: string;
  readonly fd: number;
}

/** Where the edge can open a file of a log to which its user has no way: `/proc/PID/fd/N`, of a process that is there until the edge has had time to do so. */
export interface LogPlace {
  readonly path: string;
  readonly place: string;
}

export interface ConfigureEdge {
  readonly kind: 'configure';
  readonly model: EdgeModel;
  readonly listeners: readonly BoundListener[];
  /** Unix sockets that workers dial, one for each edge thread: descriptors inherited by the edge process, bound like those of `listeners`. */
  readonly lanes: readonly number[];
  /** By index in `EdgeModel.logs`: an inherited descriptor of a pipe or terminal, which the edge's user might not be allowed to open; null for what the edge opens itself. */
  readonly logs: readonly (number | null)[];
  /** Files of logs to which the edge's user has no way, by a folder that it may not enter: inherited descriptors, by which they are opened once more and which are closed then. */
  readonly hiddenLogs: readonly HiddenLog[];
  /** Folders in which the edge may make its own for bodies that do not fit in memory: the first that lets it is taken. */
  readonly spoolParents: readonly string[];
  readonly workers: readonly WorkersOf[];
  /** An inherited descriptor. `slotsMax` × edge threads × 8 bytes, all zero at first. */
  readonly board: number;
  readonly slotsMax: number;
  /** What the listeners speak TLS with that do. */
  readonly tls: TlsSettings | undefined;
}

/** The folders that an application has declared, in the place of those that were said before. */
export interface ServeStatic {
  readonly kind: 'static';
  readonly app: AppId;
  readonly folders: readonly StaticFolder[];
  readonly namedFolders: readonly UrlFolder[];
}

/**
 * The whole set of workers of an application that are to be given requests. A worker that was active and is no longer gets DRAIN on its lanes; one
 * that has dialled and is not active yet waits. `draining` are those whose lanes get DRAIN whether this edge has seen them active or not: it may
 * have been started again since. The WebSockets of those that are `closing` too are closed: their time is over. `gone` are those whose process has ended since the last message.
 */
export interface SetWorkers {
  readonly kind: 'workers';
  readonly app: AppId;
  /** How the application is called (gevent: WSGI, on greenlets). Undefined until an application is loaded; until then requests wait. */
  readonly interface: 'wsgi' | 'asgi' | 'gevent' | undefined;
  readonly active: readonly number[];
  readonly draining: readonly number[];
  readonly closing: readonly number[];
  readonly gone: readonly number[];
}

/**
 * How far the application is. In development requests wait while it is `loading`; while it is `broken` they are answered with `fault`, which is JSON
 * as in FAILED (docs/lanes.md), and has a `number` of its own. One of several that has `failed` to load is refused with 503 until it is `served`.
 */
export type Progress =
  | { readonly progress: 'loading' | 'served' | 'failed' }
  | { readonly progress: 'broken'; readonly fault: string; readonly number: number };

export type SetProgress = { readonly kind: 'progress'; readonly app: AppId } & Progress;

/** What TLS is spoken with on connections that begin from now on, by the sites of the model that is run. */
export interface SetTls {
  readonly kind: 'tls';
  readonly tls: TlsSettings;
}

/** With which tickets are sealed from now on, in place of those before. */
export interface SetTicketKeys {
  readonly kind: 'ticket-keys';
  readonly keys: TicketKeysByLifetime;
}

/** The words of authorities that are sent from now on, in place of those before. */
export interface SetStaples {
  readonly kind: 'staples';
  readonly staples: readonly Staple[];
}

export interface ReopenLogs {
  readonly kind: 'reopen-logs';
  readonly logPlaces: readonly LogPlace[];
}

/**
 * Accept what waits in the backlogs, stop listening, close idle connections, finish the rest; then send DRAIN on every lane so that
 * workers end by themselves, say `drained`, and exit with status 0. What is not finished after `deadlineMs` (from now) is cut.
 */
export interface StopEdge {
  readonly kind: 'stop';
  readonly deadlineMs: number;
}

/** Answered by `pong` as soon as every thread's event loop has turned. */
export interface PingEdge {
  readonly kind: 'ping';
}

/** What is known of workers and requests? Answered by each thread with a `report`. */
export interface AskReport {
  readonly kind: 'report';
  /** Which the answers repeat. */
  readonly number: number;
}

/** A socket that a plan to come listens on, as the handle that goes with the message. Bound, and not listening in this process. */
export interface GiveSocket {
  readonly kind: 'socket';
  /** The number by which `PreparePlan.listeners` name it. */
  readonly number: number;
}

/**
 * Compile this model, beside the one that is run. Answered by `prepared`, or by `refused` and why. Addresses that are served already go on as they are; `fds`
 * of all others are the negative numbers of sockets that have been given (-1 - number).
 */
export interface PreparePlan {
  readonly kind: 'prepare';
  readonly plan: number;
  readonly model: EdgeModel;
  readonly listeners: readonly BoundListener[];
  /** As in `ConfigureEdge`; only descriptors that the edge has already. */
  readonly logs: readonly (number | null)[];
  readonly logPlaces: readonly LogPlace[];
  readonly workers: readonly WorkersOf[];
  /** What the listeners speak TLS with that do. */
  readonly tls: TlsSettings | undefined;
}

/** Requests that come from now on go through the plan that was prepared. Addresses that it does not have are served no more. */
export interface CommitPlan {
  readonly kind: 'commit';
  readonly plan: number;
}

/** The plan that was prepared is not wanted. */
export interface AbandonPlan {
  readonly kind: 'abandon';
  readonly plan: number;
}

export type PlanMessage = PreparePlan | CommitPlan | AbandonPlan;

export type ToEdge =
  | PlanMessage
  | GiveSocket
  | PingEdge
  | AskReport
  | ConfigureEdge
  | ServeStatic
  | SetWorkers
  | SetProgress
  | SetTls
  | SetTicketKeys
  | SetStaples
  | ReopenLogs
  | StopEdge;

/** As it stands in the channel. */
export type SentToEdge =
  | Exclude<ToEdge, ConfigureEdge | PreparePlan>
  | (Omit<ConfigureEdge, 'model'> & { readonly model: SentModel })
  | (Omit<PreparePlan, 'model'> & { readonly model: SentModel });

export function packToEdge(message: ToEdge): SentToEdge {
  return message.kind === 'configure' || message.kind === 'prepare'
    ? { ...message, model: packModel(message.model) }
    : message;
}

export function unpackToEdge(sent: SentToEdge): ToEdge {
  return sent.kind === 'configure' || sent.kind === 'prepare' ? { ...sent, model: unpackModel(sent.model) } : sent;
}

/** Every thread listens and the lane sockets exist. */
export interface EdgeReady {
  readonly kind: 'ready';
}

/** The edge cannot start and ends: one sentence for the operator. */
export interface EdgeFatal {
  readonly kind: 'fatal';
  readonly message: string;
}

/**
 * A request ran longer than the timeout; its client has been answered. Sent once for each request. With `isLoop`, the event loop of the worker
 * has not turned for so long, and the request is the one that it began last.
 */
export interface RequestStuck {
  readonly kind: 'stuck';
  readonly app: AppId;
  readonly worker: number;
  readonly pid: number;
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly seconds: number;
  readonly isLoop: boolean;
}

/** Nothing is left on the lanes of a worker that is no longer active but requests that were reported stuck: it may be ended. */
export interface WorkerQuiet {
  readonly kind: 'quiet';
  readonly app: AppId;
  readonly worker: number;
}

/** The answer to `ping`, once all threads have given theirs. */
export interface EdgePong {
  readonly kind: 'pong';
}

/** After `stop`: every exchange has ended and DRAIN was sent on every lane. */
export interface EdgeDrained {
  readonly kind: 'drained';
}

/** An internal error that belongs to no connection: the edge finishes what it can for so long and exits, to be replaced. */
export interface EdgeLeaving {
  readonly kind: 'leaving';
  readonly deadlineMs: number;
}

/** A line for the log, which the supervisor writes. */
export interface EdgeLog {
  readonly kind: 'log';
  readonly level: 'debug' | 'info' | 'warning' | 'error';
  readonly text: string;
}

/** A folder was made for bodies. The supervisor keeps others from removing it while it is in use, and removes it when the edge has ended. */
export interface SpoolFolderMade {
  readonly kind: 'spool-folder';
  readonly path: string;
  /** Device and inode tell the folder from one that somebody else may put in its place. */
  readonly device: number;
  readonly inode: number;
}

/** Every thread can run the plan. */
export interface PlanPrepared {
  readonly kind: 'prepared';
  readonly plan: number;
}

/** The plan cannot be run: one sentence for the operator. */
export interface PlanRefused {
  readonly kind: 'refused';
  readonly plan: number;
  readonly message: string;
}

/** New requests go through the plan in every thread. */
export interface PlanCommitted {
  readonly kind: 'committed';
  readonly plan: number;
}

/** Every request that began before this plan was changed to has an answer, or the beginning of one: none is on its way to an application that the plan does not name. */
export interface PlansAnswered {
  readonly kind: 'answered';
  readonly plan: number;
}

export type FromEdge =
  | EdgeReport
  | WorkerCounted
  | PlanPrepared
  | PlanRefused
  | PlanCommitted
  | PlansAnswered
  | EdgeReady
  | EdgeFatal
  | RequestStuck
  | WorkerQuiet
  | EdgeDrained
  | EdgePong
  | EdgeLeaving
  | EdgeLog
  | SpoolFolderMade;

const LEVELS = ['debug', 'info', 'warning', 'error'] as const satisfies readonly EdgeLog['level'][];

/** Gives what an edge has said its type, or says what is wrong with it. Keys that are not known are left out. */
export function parseFromEdge(message: unknown): Outcome<FromEdge> {
  if (typeof message !== 'object' || message === null) {
    return failure('something that is no message');
  }
  // A record of unknown values, as just checked.
  const fields = new MessageFields(message as Readonly<Record<string, unknown>>);
  const kind = fields.text('kind', '');
  const parsed = parseKnown(kind, fields);
  if (parsed === undefined) {
    return failure('a message of unknown kind');
  }
  return fields.wrong === undefined
    ? success(parsed)
    : failure(`"${fields.wrong}" of a "${parsed.kind}" message is wrong`);
}

function parseKnown(kind: string, fields: MessageFields): FromEdge | undefined {
  switch (kind) {
    case 'ready':
    case 'drained':
    case 'pong':
      return { kind };
    case 'fatal':
      return { kind, message: fields.text('message') };
    case 'prepared':
    case 'committed':
    case 'answered':
      return { kind, plan: fields.number('plan') };
    case 'refused':
      return { kind, plan: fields.number('plan'), message: fields.longText('message') };
    case 'stuck':
      return {
        kind,
        app: fields.text('app'),
        worker: fields.number('worker'),
        pid: fields.number('pid'),
        requestId: fields.text('requestId'),
        method: fields.text('method'),
        path: fields.longText('path'),
        seconds: fields.span('seconds'),
        isLoop: fields.boolean('isLoop'),
      };
    case 'quiet':
      return { kind, app: fields.text('app'), worker: fields.number('worker') };
    case 'report':
      return parseReport(fields);
    case 'counted':
      return parseCounted(fields);
    case 'leaving':
      return { kind, deadlineMs: fields.span('deadlineMs') };
    case 'log':
      return { kind, level: fields.choice('level', LEVELS), text: fields.longText('text') };
    case 'spool-folder':
      return {
        kind,
        path: fields.text('path'),
        // Of some file systems these are beyond the whole numbers that a double has.
        device: fields.span('device'),
        inode: fields.span('inode'),
      };
    default:
      return undefined;
  }
}
