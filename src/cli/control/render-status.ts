/** What `portico status` prints. */

import type { AppStatus, ReloadRecord, ServerStatus } from '../../protocol/control/operator.ts';
import { escapeControls } from '../../supervisor/log/log-line.ts';
import { renderAge, renderBytes, renderTime } from './amounts.ts';

export function renderStatus(status: ServerStatus): string {
  const { version, pid, title, state, startedAtMs, nowMs, addresses, apps, memoryBytes, reload, failures } = status;
  const rows: (readonly [string, string])[] = [
    ['server', `${title}, process ${pid}, Portico ${version}`],
    ['state', `${state}, since ${renderTime(startedAtMs)} (${renderAge(nowMs - startedAtMs)})`],
    ['addresses', addresses.join(', ')],
    ...apps.map((app): readonly [string, string] => [
      apps.length === 1 ? 'application' : 'application',
      renderApp(app),
    ]),
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
  const { interface: kind, framework, python, threads, workersReady, workersWanted, workersLeaving } = app;
  const what = [kind === '' ? 'not loaded' : kind.toUpperCase(), framework].filter((word) => word !== '').join(', ');
  const leaving = workersLeaving === 0 ? '' : `, ${workersLeaving} finishing`;
  const each = threads === 1 ? '' : ` with ${threads} threads each`;
  return `${app.app}: ${what}${python === '' ? '' : `, Python ${python}`}; ${workersReady} of ${workersWanted} workers ready${each}${leaving}`;
}

function renderReload({ why, beganAtMs, endedAtMs, result, faults }: ReloadRecord, nowMs: number): string {
  const [fault] = faults;
  const took = endedAtMs === 0 ? `for ${renderAge(nowMs - beganAtMs)}` : `after ${renderAge(endedAtMs - beganAtMs)}`;
  const why2 = fault === undefined ? '' : `: ${fault.error}`;
  return `${result} ${took}, ${renderTime(beganAtMs)} (${why})${why2}`;
}
