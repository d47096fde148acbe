/** What a server is and does now, for `portico status`. */

import type { AppStatus, ServerStatus } from '../../protocol/control/operator.ts';
import { plainName } from '../app-instances.ts';
import type { AppFleet } from '../fleet/fleet-types.ts';
import { readMemoryBytes } from '../memory-watch.ts';
import { addressOf } from '../sockets/address-of.ts';
import { readVersion } from '../version.ts';
import type { Operated, OperationsParts } from './operated.ts';

const FAILURES_MAX = 5;
const FAILURE_LEVELS: ReadonlySet<string> = new Set(['error', 'crit', 'alert', 'emerg']);
/** Of each process the kernel has to add up its pages, for a millisecond or so. */
const WEIGHED_MAX = 256;

export function describeServer({ server, supervisor, ring, clock }: OperationsParts): ServerStatus {
  const { fleet, reloads } = supervisor;
  const apps = [...fleet.apps.values()].filter(({ membership }) => membership !== 'leaving');
  const nowMs = clock.nowMs();
  return {
    version: readVersion(),
    pid: process.pid,
    title: server.model.process.title,
    state: fleet.stop === undefined ? fleet.serviceState : 'stopping',
    // Counted from the start of the process.
    startedAtMs: Math.round(nowMs - clock.monotonicMs()),
    nowMs,
    addresses: server.listeners.map(addressOf),
    apps: apps.map((app) => describeApp(app, supervisor)),
    memoryBytes: weighAll(supervisor),
    reload: reloads.last ?? null,
    failures: ring.entries
      .filter(({ event }) => FAILURE_LEVELS.has(event.level))
      .slice(-FAILURES_MAX)
      .map(({ atMs, event }) => ({ atMs, text: event.message })),
  };
}

function describeApp({ settings, workers, target, current, generations }: AppFleet, supervisor: Operated): AppStatus {
  const generation = generations.get(current ?? 0);
  const { interface: kind = '', framework = null, frameworkVersion = null } = generation?.facts ?? {};
  const states = [...workers.values()].map(({ state }) => state);
  const count = (...of: readonly string[]): number => states.filter((state) => of.includes(state)).length;
  return {
    app: plainName(settings.id),
    interface: kind,
    framework: [framework, frameworkVersion].filter((word) => word !== null).join(' '),
    python: generation?.python ?? '',
    pythonPath: supervisor.hostOf(settings.id)?.zygotes.pythonPath ?? '',
    threads: settings.threads,
    workersWanted: target,
    workersReady: count('ready', 'retiring'),
    workersLeaving: count('draining', 'stopping'),
  };
}

function weighAll({ fleet, edgePid, hostOf }: Operated): number {
  const ofApps = [...fleet.apps].flatMap(([id, { workers }]) => [
    ...(hostOf(id)?.zygotes.pids ?? []),
    ...[...workers.values()].map(({ pid }) => pid),
  ]);
  const pids = [process.pid, edgePid, ...ofApps].filter((pid) => pid > 0).slice(0, WEIGHED_MAX);
  return pids.reduce((sum, pid) => sum + (readMemoryBytes(pid) ?? 0), 0);
}
