// W4: one request in a hundred is slow. Does it hold up the others?

import type { Bench } from '../harness/bench.ts';
import { withServers } from '../harness/bench.ts';
import type { Answer } from '../harness/paced-clients.ts';
import { runClients } from '../harness/paced-clients.ts';
import type { Server } from '../harness/server.ts';
import { boundGoal } from '../report/goals.ts';
import { invocationsOf } from '../report/invocations.ts';
import { formatNumber, formatRatio, MISSING } from '../report/numbers.ts';
import { OURS, renderSpread } from '../report/rates.ts';
import type { CaseResult } from '../report/result.ts';
import { median, quantile, summarize } from '../report/statistics.ts';
import { apacheModWsgi } from '../servers/apache.ts';
import { granian } from '../servers/granian.ts';
import { nginxGunicorn } from '../servers/gunicorn.ts';
import { portico } from '../servers/portico.ts';
import { nginxUwsgi } from '../servers/uwsgi.ts';

const SITE = { app: 'uneven:application', workers: 4 };
const KINDS = [portico(), nginxGunicorn(), nginxUwsgi(), apacheModWsgi(1), granian()];
const CLIENTS = 32;
/** Without a pause the sleepers would fill every worker of every server, and no order of service could help. */
const PAUSE_MS = 30;
const SLOW_EVERY = 100;
const HELD_UP_MS = 100;
const WARM_SECONDS = 0.5;
/** Each has two halves. */
const ROUNDS_MAX = 7;

interface Round {
  /** Milliseconds, of the fast requests. */
  readonly alone: readonly number[];
  readonly mixed: readonly number[];
  readonly failed: number;
}

interface Uneven {
  readonly name: string;
  readonly rounds: readonly Round[];
  readonly failure?: string;
}

export async function runUneven(bench: Bench): Promise<CaseResult> {
  const { seconds } = bench.options;
  const rounds = Math.min(ROUNDS_MAX, bench.options.rounds);
  const measured = await withServers(bench, KINDS, SITE, async ({ servers, failures }) => {
    for (const server of servers) await measureRound(server, WARM_SECONDS);
    const results = servers.map(({ name }) => ({ name, rounds: [] as Round[] }));
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, server] of servers.entries()) results[index]?.rounds.push(await measureRound(server, seconds));
    }
    return [...results, ...failures.map(({ name, failure = '' }) => ({ name, rounds: [], failure }))];
  });
  return {
    id: 'W4',
    title: 'Uneven work, four workers',
    text: [
      `Every ${SLOW_EVERY}th request waits 200 ms, the rest take 0.2 ms of the processor. ${CLIENTS} clients pause ${PAUSE_MS} ms between requests. Every server has four processes of one thread, so that all have the same number of places. The times are those of the fast requests; ${rounds} rounds.`,
    ],
    tables: [{ caption: 'Fast requests among slow ones', head: HEAD, rows: measured.map(toRow) }],
    goals: [goalOf(measured.find(({ name }) => name === OURS))],
    panels: [
      {
        title: 'Uneven work: 99 of 100 fast requests are answered within',
        unit: 'ms, less is better',
        bars: measured.map(({ name, rounds }) => {
          const { low, median: value, high } = summarize(rounds.map(({ mixed }) => quantile(mixed, 0.99)));
          return { label: name, value, low, high, text: formatNumber(value) };
        }),
      },
    ],
    loads: ['bench/harness/paced-clients.ts'],
    invocations: invocationsOf(KINDS, SITE),
  };
}

const HEAD = [
  'server',
  'p50 without slow ones, ms',
  'p99',
  'p50 with slow ones, ms',
  'p99',
  'p99 with ÷ without',
  'quartiles',
  `held up over ${HELD_UP_MS} ms`,
  'failed',
];

function toRow({ name, rounds, failure }: Uneven): string[] {
  if (failure !== undefined) return [name, ...Array<string>(7).fill(MISSING), failure];
  const ratios = ratiosOf(rounds);
  const heldUp = rounds.flatMap(({ mixed }) => mixed).filter((tookMs) => tookMs > HELD_UP_MS).length;
  const sum = rounds.reduce((count, { mixed }) => count + mixed.length, 0);
  return [
    name,
    ...(['alone', 'mixed'] as const).flatMap((run) =>
      [0.5, 0.99].map((share) => formatNumber(median(rounds.map((round) => quantile(round[run], share))))),
    ),
    formatRatio(ratios.median),
    renderSpread(ratios, formatRatio),
    `${heldUp} of ${formatNumber(sum)}`,
    String(rounds.reduce((count, { failed }) => count + failed, 0)),
  ];
}

function goalOf(ours: Uneven | undefined) {
  const ratios = ratiosOf(ours?.rounds ?? []);
  return boundGoal(
    'uneven work: p99 of the fast requests, times that without slow ones',
    ratios.median,
    { atMost: 2 },
    { text: `${formatRatio(ratios.median)} (${renderSpread(ratios, formatRatio)})`, format: formatRatio },
  );
}

function ratiosOf(rounds: readonly Round[]) {
  return summarize(rounds.map(({ alone, mixed }) => quantile(mixed, 0.99) / quantile(alone, 0.99)));
}

async function measureRound({ port }: Server, seconds: number): Promise<Round> {
  const pace = { port, clients: CLIENTS, pauseMs: PAUSE_MS, seconds };
  const alone = await runClients({ ...pace, nextPath: () => '/' });
  let asked = 0;
  const mixed = await runClients({
    ...pace,
    nextPath: () => {
      asked += 1;
      return asked % SLOW_EVERY === 0 ? '/slow' : '/';
    },
  });
  const failed = [...alone, ...mixed].filter(({ status }) => status !== 200).length;
  return { alone: timesOfFast(alone), mixed: timesOfFast(mixed), failed };
}

function timesOfFast(answers: readonly Answer[]): number[] {
  return answers.filter(({ path, status }) => path === '/' && status === 200).map(({ tookMs }) => tookMs);
}
