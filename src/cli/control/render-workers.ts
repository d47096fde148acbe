/** What `portico workers` prints: a line for each worker, and below it what it does besides. */

import type { RunningInUnit, WorkerStatus } from '../../protocol/control/operator.ts';
import { escapeControls } from '../../supervisor/log/log-line.ts';
import { renderAge, renderBytes, renderTime } from './amounts.ts';

const HEADINGS = [
  'WORKER',
  'PID',
  'STATE',
  'DONE',
  'FAILED',
  'MEAN',
  'MEMORY',
  'SINCE',
  'RESTARTS',
  'REQUEST',
] as const;
/** Of a request that is named in a line. */
const TARGET_LENGTH_MAX = 100;
const INDENT = '    ';

export function renderWorkers(workers: readonly WorkerStatus[], nowMs: number): string {
  const rows = workers.map((worker) => rowOf(worker, nowMs));
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const render = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const lines = workers.flatMap((worker, index) => [render(rows[index] ?? []), ...belowOf(worker)]);
  return [render(HEADINGS), ...lines].map((line) => `${line}\n`).join('');
}

function rowOf(worker: WorkerStatus, nowMs: number): string[] {
  const { name, pid, requests, exceptions, meanMs, memoryBytes, spawnedAtMs, restarts, running } = worker;
  const [first] = running;
  return [
    name,
    pid === 0 ? '-' : String(pid),
    stateOf(worker),
    String(requests),
    String(exceptions),
    requests === 0 ? '-' : `${meanMs.toFixed(meanMs < 10 ? 1 : 0)} ms`,
    renderBytes(memoryBytes),
    spawnedAtMs === 0 ? '-' : renderAge(nowMs - spawnedAtMs),
    String(restarts),
    first === undefined ? '' : renderRequest(first),
  ];
}

function stateOf({ state, runningCount }: WorkerStatus): string {
  const does = runningCount === 0 ? 'idle' : 'busy';
  return state === 'ready' ? does : `${state}${state === 'starting' ? '' : `, ${does}`}`;
}

function belowOf({ why, running, runningCount, lastEnd, lastEndAtMs }: WorkerStatus): string[] {
  const named = running.slice(1).map((request) => `${INDENT}${renderRequest(request)}`);
  const rest = runningCount - running.length;
  return [
    ...named,
    ...(rest > 0 ? [`${INDENT}and ${rest} more requests`] : []),
    ...(why === '' ? [] : [`${INDENT}${escapeControls(why)}`]),
    ...(lastEnd === '' ? [] : [`${INDENT}the one before: ${escapeControls(lastEnd)}, ${renderTime(lastEndAtMs)}`]),
  ];
}

export function renderRequest({ method, target, ms, stage }: RunningInUnit): string {
  const cut = target.length > TARGET_LENGTH_MAX ? `${target.slice(0, TARGET_LENGTH_MAX)}…` : target;
  const words = stage === 'running' ? '' : ` (${stage})`;
  return escapeControls(`${method} ${cut}, ${renderAge(ms)}${words}`);
}
