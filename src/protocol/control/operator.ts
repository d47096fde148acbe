/**
 * What the commands of an operator and a running server say to each other, one JSON object a line (docs/control.md). The server says `hello`, the command asks for
 * one thing, and the server answers until it closes the connection.
 *
 * The two may be of different releases: a server runs for months. So each says the version of these words first, and what is not understood is told as such.
 */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { ControlMessage } from './json-lines.ts';
import { MessageFields } from './message-fields.ts';
import type { RunningRequest } from './report.ts';

/** Another number where a command of before would misunderstand what a server says, or the other way round. */
export const OPERATOR_PROTOCOL = 1;

export const OPERATOR_LIMITS = {
  /** A request: no more than a word or two and a number. */
  requestBytesMax: 4096,
  /** Workers that can be asked for in one word; how many a server takes is its own affair. */
  workersMax: 10_000,
  /** Lines of the log. */
  linesMax: 100_000,
} as const;

export interface OperatorHello {
  readonly kind: 'hello';
  readonly protocol: number;
  /** The release. */
  readonly version: string;
  readonly pid: number;
  /** What the list of processes shows: `portico serve shop.wsgi`. */
  readonly title: string;
}

export type OperatorRequest =
  | { readonly kind: 'status' }
  | { readonly kind: 'workers' }
  | { readonly kind: 'reload' }
  | { readonly kind: 'stop'; readonly isQuick: boolean }
  /** `app`: '' where there is one. */
  | { readonly kind: 'scale'; readonly app: string; readonly workers: number }
  /** The last `lines`, and with `follows` what comes after them. `isJson`: as objects, whatever form the log has. */
  | { readonly kind: 'logs'; readonly lines: number; readonly follows: boolean; readonly isJson: boolean }
  /** `worker`: its name or its process number. */
  | { readonly kind: 'trace'; readonly worker: string };

export interface ReloadFault {
  /** The application; undefined of the configuration. */
  readonly app?: string;
  readonly error: string;
  /** '' without. */
  readonly traceback: string;
}

/**
 * runs      is under way
 * done      the new version serves
 * failed    the applications cannot be loaded, and the version before serves
 * broken    the same with --reload: requests get a page that says why
 * refused   the new configuration cannot be served, and the one before is
 * given-up  another one was asked for meanwhile, or the server starts or stops
 */
export type ReloadResult = 'runs' | 'done' | 'failed' | 'broken' | 'refused' | 'given-up';

export interface ReloadRecord {
  readonly why: string;
  readonly beganAtMs: number;
  /** 0 while it runs. */
  readonly endedAtMs: number;
  readonly result: ReloadResult;
  readonly faults: readonly ReloadFault[];
}

export type WorkerState = 'starting' | 'ready' | 'retiring' | 'draining' | 'stopping';

export interface TracedThread {
  /** The line that names it. */
  readonly heading: string;
  /** It serves requests of this unit; null: it serves none, or it is not known which. */
  readonly unit: number | null;
  /** The innermost call first, as Python writes them. */
  readonly frames: readonly string[];
}

export interface AppStatus {
  readonly app: string;
  /** `wsgi` or `asgi`; '' until it was loaded. */
  readonly interface: string;
  /** "Django 5.2"; '' if it has none that is known. */
  readonly framework: string;
  /** "3.11.2". */
  readonly python: string;
  readonly pythonPath: string;
  readonly threads: number;
  readonly workersWanted: number;
  /** Those that are given requests. */
  readonly workersReady: number;
  /** … of which a request runs in. */
  readonly workersBusy: number;
  /** Finishing what they have. */
  readonly workersLeaving: number;
  /** Answered by the application since the start, by all of its workers. */
  readonly requests: number;
  readonly exceptions: number;
  readonly running: number;
  /** Requests that wait for a worker, and how long the first of them has. */
  readonly waiting: number;
  readonly oldestWaitMs: number;
}

/** Of requests of all kinds. */
export interface RequestRate {
  readonly perSecond: number;
  /** … in this time. */
  readonly overMs: number;
}

export interface ServerStatus {
  readonly version: string;
  readonly pid: number;
  readonly title: string;
  readonly state: 'starting' | 'ready' | 'reloading' | 'stopping';
  readonly startedAtMs: number;
  readonly nowMs: number;
  readonly addresses: readonly string[];
  readonly apps: readonly AppStatus[];
  readonly connections: number;
  /** Null: the server has only just started, or its edge was replaced. */
  readonly rate: RequestRate | null;
  /** Connections that the kernel has taken and the edge has not. */
  readonly backlog: number;
  /** False: the edge stands still, or is being replaced, and counts are those of before. */
  readonly isEdgeAnswering: boolean;
  /** Of all processes together, what they share counted once. */
  readonly memoryBytes: number;
  readonly reload: ReloadRecord | null;
  /** Of the last minutes or days: as far back as the log in memory goes. */
  readonly failures: readonly { readonly atMs: number; readonly text: string }[];
}

export interface RunningInUnit extends RunningRequest {
  readonly unit: number;
}

export interface WorkerStatus {
  readonly app: string;
  readonly name: string;
  readonly pid: number;
  readonly state: WorkerState;
  /** How long it has been in that state, and why, if that needs a reason. */
  readonly inStateMs: number;
  readonly why: string;
  readonly spawnedAtMs: number;
  readonly requests: number;
  readonly exceptions: number;
  /** Of the last few requests. */
  readonly meanMs: number;
  readonly memoryBytes: number;
  readonly runningCount: number;
  /** Those that run longest. */
  readonly running: readonly RunningInUnit[];
  /** Workers that were started in its place before it, and what has become of the last of them; '' if nothing has. */
  readonly restarts: number;
  readonly lastEnd: string;
  readonly lastEndAtMs: number;
}

export type OperatorAnswer =
  | OperatorHello
  /** What was asked for is not done, or not known. A sentence without its end. */
  | { readonly kind: 'refused'; readonly error: string }
  | ({ readonly kind: 'status' } & ServerStatus)
  | { readonly kind: 'workers'; readonly nowMs: number; readonly workers: readonly WorkerStatus[] }
  /** Nothing more is to be said. */
  | { readonly kind: 'done' }
  | ({ readonly kind: 'reloaded' } & ReloadRecord)
  /** The connection ends with the process. */
  | { readonly kind: 'stopping'; readonly gracefulMs: number }
  | { readonly kind: 'scaled'; readonly app: string; readonly before: number; readonly workers: number }
  /** Whole lines, without the last line feed. */
  | { readonly kind: 'log'; readonly text: string }
  /** Lines that were not passed on, because what came before them was not read in time. */
  | { readonly kind: 'lost'; readonly lines: number }
  | {
      readonly kind: 'traced';
      readonly worker: string;
      readonly pid: number;
      readonly state: WorkerState;
      readonly threads: readonly TracedThread[];
      /** What runs in it, by unit. */
      readonly requests: readonly RunningInUnit[];
    };

/** Gives a request its type, or says what is wrong with it: a sentence without its end. Keys that are not known are left out. */
export function parseOperatorRequest(message: ControlMessage, version: string): Outcome<OperatorRequest> {
  if (message['protocol'] !== OPERATOR_PROTOCOL) {
    return failure(
      `the server (Portico ${version}) speaks version ${OPERATOR_PROTOCOL} of the control socket, the command another one (${JSON.stringify(message['protocol'] ?? null)}): use the command of the server's own release`,
    );
  }
  const fields = new MessageFields(message);
  const parsed = parseKnown(message.kind, fields);
  if (parsed === undefined) {
    return failure(`the server (Portico ${version}) does not know "${message.kind}"`);
  }
  return fields.wrong === undefined ? success(parsed) : failure(`"${fields.wrong}" of "${message.kind}" is wrong`);
}

function parseKnown(kind: string, fields: MessageFields): OperatorRequest | undefined {
  switch (kind) {
    case 'status':
    case 'workers':
    case 'reload':
      return { kind };
    case 'stop':
      return { kind, isQuick: fields.isTrue('isQuick') };
    case 'scale':
      return { kind, app: fields.text('app', ''), workers: bounded(fields, 'workers', 1, OPERATOR_LIMITS.workersMax) };
    case 'logs':
      return {
        kind,
        lines: bounded(fields, 'lines', 0, OPERATOR_LIMITS.linesMax),
        follows: fields.isTrue('follows'),
        isJson: fields.isTrue('isJson'),
      };
    case 'trace':
      return { kind, worker: fields.text('worker') };
    default:
      return undefined;
  }
}

function bounded(fields: MessageFields, key: string, least: number, most: number): number {
  const value = fields.number(key);
  return value >= least && value <= most ? value : fields.fault(key, least);
}
