// W2: a page of a real framework, beside the bare call in one process, which no server can pass with one worker.

import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Bench } from '../harness/bench.ts';
import { compareRates, withServers } from '../harness/bench.ts';
import type { Contender, Measured } from '../harness/rounds.ts';
import type { Load } from '../harness/wrk.ts';
import { CONNECTIONS, wrkCommand } from '../harness/wrk.ts';
import { rateGoal } from '../report/goals.ts';
import { invocationsOf } from '../report/invocations.ts';
import { ratePanel, rateTable } from '../report/rates.ts';
import type { CaseResult, Goal } from '../report/result.ts';
import { MAIN_KINDS } from '../servers/peers.ts';

const APP = 'news.wsgi:application';
const LOAD: Load = { connections: CONNECTIONS, path: '/', script: 'browser.lua' };
const BARE = 'bare call in one process';
const run = promisify(execFile);

interface BareRate {
  readonly calls: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export async function runDjango(bench: Bench): Promise<CaseResult> {
  const one = { app: APP, workers: 1 };
  const two = { app: APP, workers: 2 };
  const alone = await withServers(bench, MAIN_KINDS, one, async (started) =>
    compareRates(bench, started, LOAD, [bareContender(bench)]),
  );
  const pair = await withServers(bench, MAIN_KINDS, two, async (started) => compareRates(bench, started, LOAD));
  const names = ['Django page, 1 worker', 'Django page, 2 workers'] as const;
  return {
    id: 'W2',
    title: 'A Django page',
    text: [
      `URL, middleware, template, sessions and users, one SQLite query of ten rows; a browser's fields, ${CONNECTIONS} connections. With two workers the load, the server and both workers share the cores of this machine.`,
    ],
    tables: [rateTable(names[0], alone), rateTable(names[1], pair)],
    goals: goalsOf(alone, pair),
    panels: [ratePanel(names[0], alone), ratePanel(names[1], pair)],
    loads: [
      wrkCommand(LOAD, bench.options.seconds, 'PORT').join(' '),
      `PEERS/bin/python bare_rate.py ${APP} ${bench.options.seconds}`,
    ],
    invocations: invocationsOf(MAIN_KINDS, one),
  };
}

function goalsOf(alone: readonly Measured[], pair: readonly Measured[]): Goal[] {
  return [
    rateGoal(alone, 'Django page, 1 worker', BARE, { atLeast: 0.9 }),
    rateGoal(alone, 'Django page, 1 worker', 'nginx → uWSGI', { atLeast: 1.1 }),
    rateGoal(alone, 'Django page, 1 worker', 'granian', { atLeast: 1 }),
    rateGoal(pair, 'Django page, 2 workers', 'nginx → uWSGI', { atLeast: 1.15 }),
    rateGoal(pair, 'Django page, 2 workers', 'nginx → gunicorn sync', { atLeast: 1.25 }),
    rateGoal(pair, 'Django page, 2 workers', 'nginx → gunicorn gthread', { atLeast: 1.25 }),
  ];
}

function bareContender({ options, env }: Bench): Contender {
  return {
    name: BARE,
    measure: async () => {
      const { stdout } = await run(`${options.peers}/bin/python`, ['bare_rate.py', APP, String(options.seconds)], {
        cwd: resolve('bench/apps'),
        env: { PATH: process.env['PATH'], ...env },
      });
      // What bare_rate.py prints.
      const { calls, seconds, cpuSeconds } = JSON.parse(stdout) as BareRate;
      return { value: calls / seconds, cpuUs: (cpuSeconds * 1e6) / calls, faults: '' };
    },
  };
}
