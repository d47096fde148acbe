/**
 * How much work was done since the last look. Of workers that run one request in each thread: for how long they had some. An event loop, and a worker of greenlets,
 * has any number of requests that only wait, so it is the processor time that tells how busy it is.
 */

import { readFileSync } from 'node:fs';
import type { App } from '../../config/model/app.ts';
import type { AppReport, UnitReport } from '../../protocol/control/report.ts';
import type { FleetWorker } from '../fleet/fleet-types.ts';
import type { EdgeAnswer } from '../status/edge-reports.ts';
import type { LoadSample } from './decide-workers.ts';

export interface WorkMeter {
  readonly atMs: number;
  readonly requests: number;
  readonly running: number;
  /** By worker: the microseconds of its requests, or of its processor. */
  readonly spentUs: ReadonlyMap<number, number>;
}

export interface Looked {
  readonly answer: EdgeAnswer;
  readonly app: Pick<App, 'id' | 'threads' | 'workerClass'>;
  /** Those that are given requests. */
  readonly workers: readonly Pick<FleetWorker, 'id' | 'pid'>[];
  readonly nowMs: number;
  /** For tests. */
  readonly processorUs?: (pid: number) => number;
}

export type Work = Pick<LoadSample, 'busyUnits' | 'oldestWaitMs' | 'isActive'>;

/** proc(5) stat counts in hundredths of a second (USER_HZ). */
const TICK_US = 10_000;
/** utime among its fields behind the name; stime follows. */
const UTIME_AT = 11;

export function newMeter(): WorkMeter {
  return { atMs: Number.NEGATIVE_INFINITY, requests: 0, running: 0, spentUs: new Map() };
}

export function readWork(before: WorkMeter, looked: Looked): readonly [WorkMeter, Work] {
  const { answer, app, workers, nowMs, processorUs = readProcessorUs } = looked;
  const reports = answer.reports.flatMap(({ apps }) => apps.filter((report) => report.app === app.id));
  const units = reports.flatMap((report) => report.workers.flatMap((worker) => worker.units));
  const sum = (of: (unit: UnitReport) => number): number => units.reduce((total, unit) => total + of(unit), 0);
  const runsLoops = app.workerClass === 'gevent' || units.some(({ runningCount }) => runningCount > 1);
  const spentUs = new Map(
    workers.map(({ id, pid }) => [id, runsLoops ? processorUs(pid) : busyUsOf(reports, id)] as const),
  );
  const requests = sum((unit) => unit.requests);
  const running = sum((unit) => unit.runningCount);
  const waiting = reports.reduce((total, report) => total + report.waiting, 0);
  const windowUs = (nowMs - before.atMs) * 1000;
  let usedUs = 0;
  for (const [id, us] of spentUs) {
    // A worker that was not there before is seen the next time.
    usedUs += Math.max(0, us - (before.spentUs.get(id) ?? us));
  }
  const spent = windowUs === Number.POSITIVE_INFINITY ? 0 : usedUs / windowUs;
  // Requests that take longer than a look are counted when they end: until then they are seen to run.
  const busyUnits = runsLoops ? spent : Math.max(spent, Math.min(running, before.running));
  return [
    { atMs: nowMs, requests, running, spentUs },
    {
      busyUnits: Math.min(busyUnits, workers.length * (runsLoops ? 1 : app.threads)),
      oldestWaitMs: Math.max(0, ...reports.map(({ oldestWaitMs }) => oldestWaitMs)),
      isActive: running > 0 || waiting > 0 || requests > before.requests,
    },
  ];
}

function busyUsOf(reports: readonly AppReport[], id: number): number {
  const units = reports.flatMap(({ workers }) =>
    workers.filter(({ worker }) => worker === id).flatMap((each) => each.units),
  );
  return units.reduce((total, { busyUs }) => total + busyUs, 0);
}

function readProcessorUs(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[UTIME_AT]) + Number(fields[UTIME_AT + 1])) * TICK_US;
  } catch {
    return 0;
  }
}
