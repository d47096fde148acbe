// M1: memory of a site with four workers, and what a server that has nothing to do costs.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../harness/bench.ts';
import { withServers } from '../harness/bench.ts';
import type { Process } from '../harness/process-tree.ts';
import { programName, pssMb, readTree } from '../harness/process-tree.ts';
import type { Server } from '../harness/server.ts';
import { CONNECTIONS, runWrk, wrkCommand } from '../harness/wrk.ts';
import { boundGoal } from '../report/goals.ts';
import { invocationsOf } from '../report/invocations.ts';
import type { Memory, Snapshot } from '../report/memory.ts';
import { findMemory, medianMemory } from '../report/memory.ts';
import { formatNumber, MISSING } from '../report/numbers.ts';
import { OURS } from '../report/rates.ts';
import type { CaseResult, Goal, Table } from '../report/result.ts';
import { nginxGunicorn } from '../servers/gunicorn.ts';
import { portico } from '../servers/portico.ts';
import { nginxUwsgi } from '../servers/uwsgi.ts';

const SITE = { app: 'news.wsgi:application', workers: 4 };
const PRELOADED = 'nginx → gunicorn --preload';
const KINDS = [
  portico(['--preload']),
  portico(['--preload', '--edge-threads', '2'], 'Portico, two edge threads'),
  nginxGunicorn({ hasPreload: true, name: PRELOADED }),
  nginxGunicorn({ name: 'nginx → gunicorn' }),
  nginxUwsgi(),
];
const LOAD = { connections: CONNECTIONS, path: '/', script: 'browser.lua' };
const LOAD_SECONDS = 5;
/** Workers that load the application themselves are ready, and what is done when there is time has been done. */
const SETTLE_MS = 2_000;
const RUNS_MAX = 2;
const FRONT_MB_MAX = { idle: 70, loaded: 80 };
const MB = (value: number): string => `${formatNumber(value)} MB`;

export async function runMemory(bench: Bench): Promise<CaseResult> {
  const runs = Math.min(RUNS_MAX, bench.options.rounds);
  const snapshots: { readonly name: string; readonly idle: Snapshot; readonly loaded: Snapshot }[] = [];
  for (let run = 0; run < runs; run += 1) {
    for (const kind of KINDS) {
      // One at a time: what two servers share would be charged to each by half.
      await withServers(bench, [kind], SITE, async ({ servers }) => {
        for (const server of servers) snapshots.push({ name: kind.name, ...(await measure(server)) });
      });
    }
  }
  const memories = KINDS.map(({ name }) => medianMemory(name, snapshots));
  return {
    id: 'M1',
    title: 'Memory, four Django workers',
    text: [
      `Proportional set size of the whole process tree: what processes share is divided among them. Idle is before the first request, loaded after ${LOAD_SECONDS} seconds of ${CONNECTIONS} busy connections. Median of ${runs} starts.`,
    ],
    tables: [memoryTable(memories), breakdownTable(memories)],
    goals: goalsOf(memories),
    panels: [
      {
        title: 'Memory of a site with four Django workers, after load',
        unit: 'MB (proportional set size), less is better',
        bars: memories.map(({ name, loaded }) => ({
          label: name,
          value: loaded.total,
          text: formatNumber(loaded.total),
        })),
      },
    ],
    loads: [wrkCommand(LOAD, LOAD_SECONDS, 'PORT').join(' ')],
    invocations: invocationsOf(KINDS, SITE),
  };
}

async function measure(server: Server): Promise<{ idle: Snapshot; loaded: Snapshot }> {
  await sleep(SETTLE_MS);
  const idle = takeSnapshot(server);
  await runWrk(LOAD, LOAD_SECONDS, server.port);
  await sleep(SETTLE_MS);
  return { idle, loaded: takeSnapshot(server) };
}

function takeSnapshot(server: Server): Snapshot {
  const parts: Record<string, number> = {};
  let python = 0;
  let front = 0;
  for (const { pid, part, isPython } of partsOf(server)) {
    const mb = pssMb(pid);
    parts[part] = (parts[part] ?? 0) + mb;
    if (isPython) python += mb;
    else front += mb;
  }
  return { python, front, total: python + front, parts };
}

interface Part {
  readonly pid: number;
  readonly part: string;
  readonly isPython: boolean;
}

function partsOf(server: Server): Part[] {
  const python = readTree(server.pids('python')).map(({ pid }) => ({ pid, part: 'Python', isPython: true }));
  const front = readTree(server.pids('front')).map(({ pid }) => ({ pid, part: 'front', isPython: false }));
  return [...python, ...front, ...server.pids('portico').flatMap(porticoParts)];
}

/** The root is the supervisor; the edge runs the same program as it; the other child is the zygote, and the rest are its workers. */
function porticoParts(root: number): Part[] {
  const tree = readTree([root]);
  const isNode = ({ pid }: Process): boolean => programName(pid) === programName(root);
  return tree.map((one) => {
    if (one.pid === root) return { pid: one.pid, part: 'supervisor', isPython: false };
    if (isNode(one)) return { pid: one.pid, part: 'edge', isPython: false };
    const part = one.parentPid === root ? 'zygote' : 'workers';
    return { pid: one.pid, part, isPython: true };
  });
}

function memoryTable(memories: readonly Memory[]): Table {
  const states = ['idle', 'loaded'] as const;
  return {
    caption: 'Memory, MB',
    head: ['server', ...states.flatMap((state) => [`Python, ${state}`, `all else, ${state}`, `sum, ${state}`])],
    rows: memories.map((memory) => [
      memory.name,
      ...states.flatMap((state) => [memory[state].python, memory[state].front, memory[state].total].map(formatNumber)),
    ]),
  };
}

function breakdownTable(memories: readonly Memory[]): Table {
  const ours = findMemory(memories, OURS);
  return {
    caption: "Portico's processes, MB",
    head: ['processes', 'idle', 'after load'],
    rows: Object.keys(ours.idle.parts).map((part) => [
      part,
      formatNumber(ours.idle.parts[part] ?? Number.NaN),
      part in ours.loaded.parts ? formatNumber(ours.loaded.parts[part] ?? Number.NaN) : MISSING,
    ]),
  };
}

function goalsOf(memories: readonly Memory[]): Goal[] {
  const ours = findMemory(memories, OURS);
  const theirs = findMemory(memories, PRELOADED);
  return (['idle', 'loaded'] as const).flatMap((state) => [
    boundGoal(
      `memory, ${state}: Python processes, as those of gunicorn --preload`,
      ours[state].python,
      { atMost: theirs[state].python },
      { text: MB(ours[state].python), format: MB },
    ),
    boundGoal(
      `memory, ${state}: everything that is not Python`,
      ours[state].front,
      { atMost: FRONT_MB_MAX[state] },
      { text: MB(ours[state].front), format: MB },
    ),
  ]);
}
