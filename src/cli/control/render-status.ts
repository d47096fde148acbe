/** What `portico status` prints. */

import type { AppStatus, ReloadRecord, ServerStatus } from '../../protocol/control/operator.ts';
import { escapeControls } from '../../supervisor/log/log-line.ts';
import { renderAge, renderBytes, renderTime } from './amounts.ts';

/** A rate over less says nothing. */
const LEAST_MS = 1000;

export function renderStatus(status: ServerStatus): string {
  const { version, pid, title, state, startedAtMs, nowMs, addresses, apps, memoryBytes, reload, failures } = status;
  const rows: (readonly [string, string])[] = [
    ['server', `${title}, process ${pid}, Portico ${version}`],
    ['state', `${state}, since ${renderTime(startedAtMs)} (${renderAge(nowMs - startedAtMs)})`],
    ['addresses', addresses.join(', ')],
    ...apps.map((app): readonly [string, string] => ['application', renderApp(app)]),
    ['requests', renderTraffic(status)],
    ['memory', renderBytes(memoryBytes)],
    ['last reload', reload === null ? 'none' : renderReload(reload, nowMs)],
    ['failures', failures.length === 0 ? 'none in the log in memory' : ''],
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = rows.map(([name, text]) => `${name.padEnd(width)}${escapeControls(text)}`.trimEnd());
  const told = failures.map(({ atMs, text }) => `  ${renderTime(atMs)} ${escapeControls(text.split('\n')[0] ?? '')}`);
  return [...lines, ...told].map((line) => `${line}\n`).join('');
}

function renderApp(app: AppStatus): string {
  const { interface: kind, framework, python, threads, workersReady, workersWanted, workersBusy, workersLeaving } = app;
  const what = [kind === '' ? 'not loaded' : kind.toUpperCase(), framework, python === '' ? '' : `Python ${python}`];
  const each = threads === 1 ? '' : ` of ${threads} threads`;
  const leaving = workersLeaving === 0 ? '' : `, ${workersLeaving} finishing`;
  const workers = `${workersReady} of ${workersWanted} workers${each} ready, ${workersBusy} busy${leaving}`;
  return `${app.app}: ${what.filter((word) => word !== '').join(', ')}; ${workers}`;
}

/** Of the applications; the rate is that of the whole server. */
function renderTraffic({ apps, rate, connections, backlog, isEdgeAnswering }: ServerStatus): string {
  const sum = (of: (app: AppStatus) => number): number => apps.reduce((total, app) => total + of(app), 0);
  const waiting = sum((app) => app.waiting);
  const oldestMs = Math.max(0, ...apps.map(({ oldestWaitMs }) => oldestWaitMs));
  return [
    `${sum(({ requests }) => requests)} answered by ${apps.length === 1 ? 'the application' : 'applications'}`,
    ...(sum(({ exceptions }) => exceptions) === 0 ? [] : [`${sum(({ exceptions }) => exceptions)} with exceptions`]),
    ...(rate === null || rate.overMs < LEAST_MS
      ? []
      : [`${renderRate(rate.perSecond)} a second in the last ${Math.round(rate.overMs / 1000)} s`]),
    `${sum(({ running }) => running)} running`,
    `${waiting} waiting${waiting === 0 ? '' : ` (for up to ${renderAge(oldestMs)})`}`,
    `${connections} connections`,
    ...(backlog === 0 ? [] : [`${backlog} not yet accepted`]),
    ...(isEdgeAnswering ? [] : ['the edge does not answer, and these are its last numbers']),
  ].join(', ');
}

function renderRate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}

function renderReload({ why, beganAtMs, endedAtMs, result, faults }: ReloadRecord, nowMs: number): string {
  const [fault] = faults;
  const took = endedAtMs === 0 ? `for ${renderAge(nowMs - beganAtMs)}` : `after ${renderAge(endedAtMs - beganAtMs)}`;
  const why2 = fault === undefined ? '' : `: ${fault.error}`;
  return `${result} ${took}, ${renderTime(beganAtMs)} (${why})${why2}`;
}
