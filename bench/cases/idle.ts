// What a server costs that nobody asks anything.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../harness/bench.ts';
import { withServers } from '../harness/bench.ts';
import { treeScheduledMs } from '../harness/process-tree.ts';
import { boundGoal } from '../report/goals.ts';
import { invocationsOf } from '../report/invocations.ts';
import { OURS } from '../report/rates.ts';
import type { CaseResult } from '../report/result.ts';
import { MAIN_KINDS } from '../servers/peers.ts';

const SITE = { app: 'news.wsgi:application', workers: 2 };
const SETTLE_MS = 3_000;
const SECONDS = 20;
const PERCENT_MAX = 0.2;
const PERCENT = (value: number): string => `${value.toFixed(3)} %`;

export async function runIdle(bench: Bench): Promise<CaseResult> {
  const measured = await withServers(bench, MAIN_KINDS, SITE, async ({ servers }) => {
    await sleep(SETTLE_MS);
    const before = servers.map((server) => treeScheduledMs(server.pids()));
    await sleep(SECONDS * 1000);
    return servers.map((server, index) => {
      const ms = treeScheduledMs(server.pids()) - (before[index] ?? Number.NaN);
      return { name: server.name, percent: ms / (SECONDS * 10) };
    });
  });
  const ours = measured.find(({ name }) => name === OURS)?.percent ?? Number.NaN;
  return {
    id: 'IDLE',
    title: 'A server that nobody asks',
    text: [`Time of the processor in ${SECONDS} seconds without a request, all servers at once, two Django workers.`],
    tables: [
      {
        caption: 'Idle',
        head: ['server', 'share of a core'],
        rows: measured.map(({ name, percent }) => [name, PERCENT(percent)]),
      },
    ],
    goals: [
      boundGoal('idle: share of a core', ours, { atMost: PERCENT_MAX }, { text: PERCENT(ours), format: PERCENT }),
    ],
    panels: [],
    loads: [],
    invocations: invocationsOf(MAIN_KINDS, SITE),
  };
}
