// B1, second half: the application is loaded again while clients ask as fast as they are answered.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../harness/bench.ts';
import { withServers } from '../harness/bench.ts';
import { runClients } from '../harness/paced-clients.ts';
import type { Server } from '../harness/server.ts';
import { formatNumber } from '../report/numbers.ts';
import type { Reload } from '../report/reload.ts';
import { describeReload } from '../report/reload.ts';
import type { Table } from '../report/result.ts';
import { median } from '../report/statistics.ts';
import { apacheModWsgi } from '../servers/apache.ts';
import { granian } from '../servers/granian.ts';
import { nginxGunicorn } from '../servers/gunicorn.ts';
import type { Kind, Site } from '../servers/kind.ts';
import { portico } from '../servers/portico.ts';
import { nginxUwsgi } from '../servers/uwsgi.ts';

export const RELOAD_SITE: Site = { app: 'news.wsgi:application', workers: 2 };
export const RELOAD_KINDS: readonly Kind[] = [portico(), nginxGunicorn(), nginxUwsgi(), apacheModWsgi(1), granian()];
const CLIENTS = 16;
const SECONDS = 5;
const WARM_SECONDS = 1;
const RELOAD_AFTER_MS = 2_000;
const RUNS_MAX = 2;

export const RELOAD_TEXT: string = `Reload: ${CLIENTS} clients with kept connections ask two Django workers without a pause; after ${RELOAD_AFTER_MS / 1000} of ${SECONDS} seconds the server is told to load the application again, by the signal that its documentation names. A request is failed when it is not answered with 200. One is repeated when the server closes a kept connection under it before it answers, which clients are allowed to do by themselves. The dip is the worst quarter of a second as a share of the rate before.`;

export async function measureReloads(bench: Bench): Promise<Table> {
  const runs = Math.min(RUNS_MAX, bench.options.rounds);
  const reloads: { readonly name: string; readonly reload: Reload }[] = [];
  for (let run = 0; run < runs; run += 1) {
    for (const kind of RELOAD_KINDS) {
      await withServers(bench, [kind], RELOAD_SITE, async ({ servers }) => {
        for (const server of servers) reloads.push({ name: kind.name, reload: await measureReload(server) });
      });
    }
  }
  return {
    caption: 'Reload under load',
    head: [
      'server',
      'signal',
      'requests/s before',
      'failed, all runs',
      'repeated, all runs',
      'dip, rest of the rate',
      'longest silence, ms',
    ],
    rows: RELOAD_KINDS.map(({ name, reloadSignal = '' }) => [
      name,
      reloadSignal,
      ...toFigures(reloads.filter((one) => one.name === name).map(({ reload }) => reload)),
    ]),
  };
}

function toFigures(reloads: readonly Reload[]): string[] {
  const sum = (pick: (reload: Reload) => number): string => String(reloads.reduce((all, one) => all + pick(one), 0));
  return [
    formatNumber(median(reloads.map(({ perSecond }) => perSecond))),
    sum(({ failed }) => failed),
    sum(({ repeated }) => repeated),
    `${formatNumber(median(reloads.map(({ dip }) => dip)) * 100)} %`,
    formatNumber(median(reloads.map(({ silenceMs }) => silenceMs))),
  ];
}

async function measureReload(server: Server): Promise<Reload> {
  const pace = { port: server.port, clients: CLIENTS, pauseMs: 0, nextPath: () => '/' };
  await runClients({ ...pace, seconds: WARM_SECONDS });
  const beganMs = performance.now();
  const [answers] = await Promise.all([
    runClients({ ...pace, seconds: SECONDS }),
    sleep(RELOAD_AFTER_MS).then(() => {
      server.reload();
    }),
  ]);
  return describeReload(answers, { beganMs, reloadedMs: beganMs + RELOAD_AFTER_MS, endMs: beganMs + SECONDS * 1000 });
}
