/** What the supervisor and a zygote say to each other, one JSON object a line (docs/control.md). */

import type { GunicornApp } from '../../config/model/app.ts';
import type { PathShape, UrlFolder } from '../../config/model/folders.ts';
import type { UwsgiApp } from '../../config/model/uwsgi-app.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { BesideStatus } from './beside-status.ts';
import { readBesideStatus } from './beside-status.ts';
import type { ControlMessage } from './json-lines.ts';
import { MessageFields } from './message-fields.ts';

export interface StartZygote {
  readonly kind: 'start';
  /** What the server calls the application: its workers say it to the edge. */
  readonly name: string;
  readonly app: string;
  readonly chdir: string;
  /** Whether the application of a project one folder below may be chosen, which the zygote then says by `elsewhere`. */
  readonly mayMove: boolean;
  /** Why the zygote is started in this folder, as another has said by `elsewhere`; '' if the user has named the folder. */
  readonly found: string;
  /** The folder that the server was started in: what is said to the user is relative to it. */
  readonly cwd: string;
  /** --env-file was given. */
  readonly hasEnvFile: boolean;
  /** Where the Python was found, in words that follow its name. */
  readonly pythonFound: string;
  readonly preload: 'auto' | 'always' | 'never';
  /** A reload has asked for it: another zygote of the application has served before. */
  readonly isReload: boolean;
  /** It is only to be seen whether the application can be loaded. */
  readonly isTrial: boolean;
  readonly interface: 'auto' | 'wsgi' | 'asgi';
  readonly workerClass: 'sync' | 'gevent';
  readonly lifespan: 'auto' | 'on' | 'off';
  readonly loop: 'auto' | 'asyncio' | 'uvloop';
  readonly rootPath: string;
  /** PEM, the one that clients are shown; '' without TLS. */
  readonly serverCertificate: string;
  readonly gracefulTimeoutMs: number;
  /** Streams at a time on a lane of an ASGI worker; 0: as many as the protocol allows. */
  readonly workerConnections: number;
  readonly threads: number;
  readonly maxRequests: number;
  readonly maxRequestsJitter: number;
  /** The edge threads' sockets, in order: descriptors of the zygote that name them, or paths where no descriptor can. */
  readonly lanes: readonly (number | string)[];
  /** The board, as a descriptor of the zygote. */
  readonly board: number;
  readonly secret: string;
  /** What entries of our own code begin with in the log pipes. */
  readonly logMark: string;
  readonly development: boolean;
  /** There is more than one worker. */
  readonly multiprocess: boolean;
  /** As it is in the model. */
  readonly uwsgi?: UwsgiApp;
  /** As it is in the model. */
  readonly gunicorn?: GunicornApp;
  /** How many workers there are to be. */
  readonly workers?: number;
}

export interface SpawnWorker {
  readonly kind: 'spawn';
  readonly worker: number;
  readonly name: string;
  /** The first slot of its units. */
  readonly slot: number;
}

/** The supervisor has opened the log pipe: the zygote can let go of its reading end. Worker 0 is the zygote itself. */
export interface LogOpened {
  readonly kind: 'log-opened';
  readonly worker: number;
}

/**
 * The supervisor cannot open a log pipe. A worker's pipe is then read by the zygote, which passes on what comes as `output`; its own pipe the zygote gives up.
 */
export interface RelayLog {
  readonly kind: 'relay-log';
  readonly worker: number;
}

export interface SignalWorker {
  readonly kind: 'signal';
  readonly worker: number;
  readonly signal: number;
}

/** Passed on to the worker: everything has to be done so long from now, its exit handlers included. */
export interface FinishWorker {
  readonly kind: 'finish';
  readonly worker: number;
  readonly withinMs: number;
  readonly phase: FinishPhase;
}

/** drain: the edge sends DRAIN. stopping: the server stops, requests may go on. stop: nothing is left to do. */
export type FinishPhase = 'drain' | 'stopping' | 'stop';

/** All workers are killed, then the zygote exits. */
export interface StopZygote {
  readonly kind: 'stop';
  /** The server ends: no other zygote takes its place. */
  readonly isEnd: boolean;
}

/** A reload is over, and the zygote before has ended: what hooks are told. */
export interface ZygoteAlone {
  readonly kind: 'alone';
}

/** Logs are to be opened again, those that Python's loggers of gunicorn have open. */
export interface ReopenPythonLogs {
  readonly kind: 'reopen-logs';
}

/** Another program is started beside this one, to take its place: what hooks are told. */
export interface ProgramUpgrade {
  readonly kind: 'upgrade';
}

/** Another number of workers is wanted from now on: what hooks are told. */
export interface WorkersWanted {
  readonly kind: 'workers';
  readonly count: number;
  readonly before: number;
}

/** Answered by `pong` as soon as the zygote's loop turns. Not sent before the zygote has loaded the application. */
export interface PingZygote {
  readonly kind: 'ping';
}

export type ToZygote =
  | PingZygote
  | StartZygote
  | SpawnWorker
  | LogOpened
  | RelayLog
  | SignalWorker
  | FinishWorker
  | WorkersWanted
  | ZygoteAlone
  | ProgramUpgrade
  | ReopenPythonLogs
  | StopZygote;

/** What the application says of a folder whose files it would send as they are: the supervisor decides whether it becomes a `StaticFolder`. */
export interface AppFolder extends UrlFolder {
  /** The framework follows symbolic links out of the folder. */
  readonly links: boolean;
  /** Paths below `url` on which the application decides itself. */
  readonly asked: readonly PathShape[];
}

export interface AppStatic extends AppFolder {
  readonly hashed: boolean;
  /** How long its files may be kept, if the framework was told. */
  readonly cacheControl?: string;
}

/** A folder on whose files the application may decide, so that it is asked for each of them. */
export interface WithheldFolder {
  readonly url: string;
  /** "its middleware mysite.Login may decide there" */
  readonly reason: string;
}

/** What the loaded application turned out to be. */
export interface AppFacts {
  readonly app: string;
  readonly interface: string;
  readonly framework: string | null;
  readonly frameworkVersion: string | null;
  /** Module of Django's settings. */
  readonly settings: string | null;
  readonly static: readonly AppStatic[];
  /** What visitors have uploaded. */
  readonly media: readonly AppFolder[];
  readonly withheld: readonly WithheldFolder[];
  /** Folders from which the edge sends the files that the application names in its answers. */
  readonly named: readonly UrlFolder[];
  readonly debug: boolean | null;
  readonly allowedHosts: readonly string[] | null;
  /** Why it was chosen, in half a sentence; null if the user has named it. */
  readonly found: string | null;
  /** What was passed over in choosing it, one sentence each. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** Why the application cannot be loaded. */
export interface LoadFault {
  /** One line. */
  readonly error: string;
  /** '' if there is none, or none that says more than the line. */
  readonly traceback: string;
  /** What a developer's browser is to show (docs/lanes.md, FAILED): only with --reload, and if the fault is in the application's code. */
  readonly page?: string;
  /** There is nothing to call by the name that was given. */
  readonly isMisnamed?: true;
}

export interface Elsewhere {
  readonly kind: 'elsewhere';
  readonly folder: string;
  /** What to look for there: '', or "manage.py". */
  readonly app: string;
  readonly found: string;
}

export type FromZygote =
  | {
      readonly kind: 'loaded';
      readonly preloaded: boolean;
      readonly python: string;
      readonly app: AppFacts | undefined;
    }
  | { readonly kind: 'pong' }
  | ({ readonly kind: 'load-failed' } & LoadFault)
  /** The application belongs to another folder, and perhaps to another Python: a zygote is to be started there. */
  | Elsewhere
  | { readonly kind: 'unsafe-preload'; readonly reasons: readonly string[]; readonly holdsLock: boolean }
  /** The zygote's own output is a pipe from now on, which is told by the same two numbers as a worker's. */
  | { readonly kind: 'piped'; readonly log: number; readonly logInode: number }
  | {
      readonly kind: 'spawned';
      readonly worker: number;
      readonly pid: number;
      /** The reading end of its log pipe: a descriptor of the zygote, and the inode by which the pipe is known for sure. */
      readonly log: number;
      readonly logInode: number;
    }
  /** The application asks for it, or a process beside its workers does. */
  | { readonly kind: 'ask'; readonly what: 'reload' | 'stop' }
  | { readonly kind: 'beside'; readonly status: BesideStatus }
  /** Text from a log pipe that the zygote reads for the supervisor: bytes as latin-1; '' at the end of the pipe. */
  | { readonly kind: 'output'; readonly worker: number; readonly text: string }
  | { readonly kind: 'ready'; readonly worker: number; readonly pid: number; readonly app: AppFacts }
  | ({ readonly kind: 'worker-load-failed'; readonly worker: number } & LoadFault)
  | { readonly kind: 'retire'; readonly worker: number; readonly reason: string }
  | {
      readonly kind: 'exited';
      readonly worker: number;
      /** null: the fork failed, so there was no process. */
      readonly pid: number | null;
      readonly code: number | null;
      readonly signal: string | null;
      readonly reason: string;
    };

/** Gives a message of a zygote its type, or says what is wrong with it. Keys that are not known are left out. */
export function parseFromZygote(message: ControlMessage): Outcome<FromZygote> {
  const fields = new MessageFields(message);
  const parsed = parseKnown(message.kind, fields);
  if (parsed === undefined) {
    return failure(`a message of unknown kind "${message.kind}"`);
  }
  return fields.wrong === undefined
    ? success(parsed)
    : failure(`"${fields.wrong}" of a "${message.kind}" message is wrong`);
}

function readFault(fields: MessageFields): LoadFault {
  const page = fields.longText('page', '');
  return {
    error: fields.text('error'),
    traceback: fields.longText('traceback', ''),
    ...(page === '' ? {} : { page }),
    ...(fields.has('isMisnamed') && fields.boolean('isMisnamed') ? { isMisnamed: true as const } : {}),
  };
}

function parseKnown(kind: string, fields: MessageFields): FromZygote | undefined {
  switch (kind) {
    case 'loaded':
      return {
        kind,
        preloaded: fields.boolean('preloaded'),
        python: fields.text('python'),
        app: fields.has('app') ? readFacts(fields.record('app')) : undefined,
      };
    case 'elsewhere':
      return { kind, folder: fields.text('folder'), app: fields.text('app', ''), found: fields.text('found', '') };
    case 'load-failed':
      return { kind, ...readFault(fields) };
    case 'unsafe-preload':
      return { kind, reasons: fields.texts('reasons'), holdsLock: fields.boolean('holdsLock') };
    case 'piped':
      return { kind, log: fields.number('log'), logInode: fields.number('logInode') };
    case 'spawned':
      return {
        kind,
        worker: fields.number('worker'),
        pid: fields.number('pid'),
        log: fields.number('log'),
        logInode: fields.number('logInode'),
      };
    case 'output':
      return { kind, worker: fields.number('worker'), text: fields.longText('text') };
    case 'ready':
      return { kind, worker: fields.number('worker'), pid: fields.number('pid'), app: readFacts(fields.record('app')) };
    case 'worker-load-failed':
      return {
        kind,
        worker: fields.number('worker'),
        ...readFault(fields),
      };
    case 'pong':
      return { kind };
    case 'ask':
      return { kind, what: fields.choice('what', ['reload', 'stop']) };
    case 'beside':
      return { kind, status: readBesideStatus(fields.record('status')) };
    case 'retire':
      return { kind, worker: fields.number('worker'), reason: fields.text('reason', '') };
    case 'exited':
      return {
        kind,
        worker: fields.number('worker'),
        pid: fields.optionalNumber('pid'),
        code: fields.optionalNumber('code'),
        signal: fields.optionalText('signal'),
        reason: fields.text('reason', ''),
      };
    default:
      return undefined;
  }
}

/** A field's value (RFC 9110 5.5), in ASCII. */
const ONE_LINE = /^[\x20-\x7e]+$/;
/** A decoded path that begins and ends with a slash. */
const FOLDER_URL = /^\/(?:[^\0\r\n]*\/)?$/;
const ABSOLUTE = /^\/[^\0\r\n]*$/;
const SPANS = ['nothing', 'word', 'segment', 'path'] as const satisfies readonly PathShape['spans'][];

function readFacts(fields: MessageFields): AppFacts {
  return {
    app: fields.text('app', ''),
    interface: fields.text('interface', 'wsgi'),
    framework: fields.optionalText('framework'),
    frameworkVersion: fields.optionalText('frameworkVersion'),
    settings: fields.optionalText('settings'),
    static: fields.records('static').map((record) => ({
      ...readFolder(record),
      hashed: record.isTrue('hashed'),
      ...readCacheControl(record),
    })),
    media: fields.records('media').map(readFolder),
    named: fields.records('named').map(readNamed),
    withheld: fields.records('withheld').map((record) => ({ url: record.text('url'), reason: record.text('reason') })),
    debug: fields.has('debug') ? fields.boolean('debug') : null,
    allowedHosts: fields.has('allowedHosts') ? fields.texts('allowedHosts') : null,
    found: fields.optionalText('found'),
    notes: fields.texts('notes'),
    warnings: fields.texts('warnings'),
  };
}

function readFolder(record: MessageFields): AppFolder {
  return {
    url: textLike(record, 'url', FOLDER_URL),
    root: textLike(record, 'root', ABSOLUTE),
    links: record.isTrue('links'),
    asked: record.records('asked').map(readShape),
  };
}

/** '' for files that X-Sendfile names. */
function readNamed(record: MessageFields): UrlFolder {
  const url = record.text('url') === '' ? '' : textLike(record, 'url', FOLDER_URL);
  return { url, root: textLike(record, 'root', ABSOLUTE) };
}

function textLike(record: MessageFields, key: string, form: RegExp): string {
  const text = record.text(key);
  return form.test(text) ? text : record.fault(key, '/');
}

function readCacheControl(record: MessageFields): { readonly cacheControl?: string } {
  const text = record.text('cacheControl', '');
  return text === '' ? {} : { cacheControl: ONE_LINE.test(text) ? text : record.fault('cacheControl', '') };
}

function readShape(record: MessageFields): PathShape {
  const spans = record.choice('spans', SPANS);
  return { prefix: record.text('prefix'), suffix: record.text('suffix'), spans };
}
