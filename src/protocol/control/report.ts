/**
 * What each edge thread tells of workers and requests when it is asked (docs/control.md). Nothing is kept for it but sums, and what a client has sent in it is
 * bounded and escaped.
 */

import type { AppId } from '../../config/model/app.ts';
import type { MessageFields } from './message-fields.ts';

export const REPORT_LIMITS = {
  /** Running requests that one thread names, those of each unit that run longest. Their number is told besides. */
  runningMax: 400,
  /** … of one unit. */
  runningOfUnitMax: 25,
  /** What is told of a request's target, host or other text of a client; the rest is cut off. */
  textLengthMax: 1000,
} as const;

/** Sums since the worker has dialled in. */
export interface UnitCounts {
  /** Answered to their end. */
  requests: number;
  /** In which the application has raised an error. */
  exceptions: number;
  /** Of answers, heads and bodies, files that are sent in place of bodies among them. */
  bytes: number;
  /** Time of the application: the sum, and the mean of the last few, in which each new one has half the weight. */
  busyUs: number;
  meanUs: number;
}

/**
 * `running`: the application has it, and has not answered. `answering`: the head of its response has come. `connected`: it is a WebSocket, or the application has
 * taken over the connection.
 */
export type RunningStage = 'running' | 'answering' | 'connected';

export interface RunningRequest {
  readonly requestId: string;
  readonly method: string;
  /** As the client has sent it. */
  readonly target: string;
  readonly host: string;
  /** `HTTP/1.1` */
  readonly protocol: string;
  /** The client's address. */
  readonly client: string;
  readonly scheme: string;
  readonly stage: RunningStage;
  /** How long it has been with the worker. */
  readonly ms: number;
}

/** A thread, or the event loop, of a worker. */
export interface UnitReport extends Readonly<UnitCounts> {
  readonly unit: number;
  /** A request has run into the timeout on it, or its loop stands still. */
  readonly isStuck: boolean;
  readonly runningCount: number;
  /** Those that run longest, bounded. */
  readonly running: readonly RunningRequest[];
}

export interface WorkerReport {
  readonly worker: number;
  readonly units: readonly UnitReport[];
}

export interface AppReport {
  readonly app: AppId;
  /** Requests that wait for a worker, and how long the first of them has. */
  readonly waiting: number;
  readonly oldestWaitMs: number;
  /** Requests that were answered with a file, without the application being asked. */
  readonly staticRequests: number;
  readonly workers: readonly WorkerReport[];
}

/** Of the whole edge, also in the report of one thread. */
export interface TrafficReport {
  readonly active: number;
  readonly accepted: number;
  readonly handled: number;
  readonly requests: number;
  readonly reading: number;
  readonly writing: number;
  readonly waiting: number;
}

export interface EdgeReport {
  readonly kind: 'report';
  /** That of the question. */
  readonly number: number;
  readonly thread: number;
  readonly traffic: TrafficReport;
  readonly apps: readonly AppReport[];
}

/** A worker has ended: the last of it that this thread knows. */
export interface WorkerCounted {
  readonly kind: 'counted';
  readonly app: AppId;
  readonly worker: number;
  readonly units: readonly ({ readonly unit: number } & Readonly<UnitCounts>)[];
}

export function newUnitCounts(): UnitCounts {
  return { requests: 0, exceptions: 0, bytes: 0, busyUs: 0, meanUs: 0 };
}

export function addCounts(sum: UnitCounts, more: Readonly<UnitCounts>): void {
  const requests = sum.requests + more.requests;
  // Two means are weighed by how much each stands for.
  sum.meanUs = requests === 0 ? 0 : (sum.meanUs * sum.requests + more.meanUs * more.requests) / requests;
  sum.requests = requests;
  sum.exceptions += more.exceptions;
  sum.bytes += more.bytes;
  sum.busyUs += more.busyUs;
}

/** The next value of `UnitCounts.meanUs`. */
export function nextServiceMean(meanUs: number, us: number): number {
  return meanUs === 0 ? us : (meanUs + us) / 2;
}

const NOT_PLAIN = /[^\x20-\x7e]/g;

/** Text of a client as it is told: short, and without what a terminal could obey. */
export function toldText(text: string): string {
  const isLong = text.length > REPORT_LIMITS.textLengthMax;
  const cut = isLong ? text.slice(0, REPORT_LIMITS.textLengthMax) : text;
  return `${cut.replaceAll(NOT_PLAIN, escapeCharacter)}${isLong ? '...' : ''}`;
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

const STAGES = ['running', 'answering', 'connected'] as const satisfies readonly RunningStage[];

export function parseReport(fields: MessageFields): EdgeReport {
  const traffic = fields.record('traffic');
  return {
    kind: 'report',
    number: fields.number('number'),
    thread: fields.number('thread'),
    traffic: {
      active: traffic.number('active'),
      accepted: traffic.number('accepted'),
      handled: traffic.number('handled'),
      requests: traffic.number('requests'),
      reading: traffic.number('reading'),
      writing: traffic.number('writing'),
      waiting: traffic.number('waiting'),
    },
    apps: fields.records('apps').map((app) => ({
      app: app.text('app'),
      waiting: app.number('waiting'),
      oldestWaitMs: app.span('oldestWaitMs'),
      staticRequests: app.number('staticRequests'),
      workers: app.records('workers').map((worker) => ({
        worker: worker.number('worker'),
        units: worker.records('units').map(parseUnit),
      })),
    })),
  };
}

export function parseCounted(fields: MessageFields): WorkerCounted {
  return {
    kind: 'counted',
    app: fields.text('app'),
    worker: fields.number('worker'),
    units: fields.records('units').map((unit) => ({ unit: unit.number('unit'), ...parseCounts(unit) })),
  };
}

function parseUnit(fields: MessageFields): UnitReport {
  return {
    unit: fields.number('unit'),
    ...parseCounts(fields),
    isStuck: fields.boolean('isStuck'),
    runningCount: fields.number('runningCount'),
    running: fields.records('running').map((request) => ({
      requestId: request.text('requestId'),
      method: request.text('method'),
      target: request.text('target'),
      host: request.text('host'),
      protocol: request.text('protocol'),
      client: request.text('client'),
      scheme: request.text('scheme'),
      stage: request.choice('stage', STAGES),
      ms: request.span('ms'),
    })),
  };
}

function parseCounts(fields: MessageFields): UnitCounts {
  return {
    requests: fields.number('requests'),
    exceptions: fields.number('exceptions'),
    bytes: fields.number('bytes'),
    busyUs: fields.span('busyUs'),
    meanUs: fields.span('meanUs'),
  };
}
