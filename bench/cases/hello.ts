// W1: what a server itself costs, as the application costs next to nothing.

import type { Bench } from '../harness/bench.ts';
import { compareRates, withServers } from '../harness/bench.ts';
import type { Measured } from '../harness/rounds.ts';
import type { Load } from '../harness/wrk.ts';
import { CONNECTIONS, wrkCommand } from '../harness/wrk.ts';
import { cpuGoal, rateGoal } from '../report/goals.ts';
import { invocationsOf } from '../report/invocations.ts';
import { ratePanel, rateTable } from '../report/rates.ts';
import type { CaseResult, Goal } from '../report/result.ts';
import { WSGI_KINDS } from '../servers/peers.ts';

const SITE = { app: 'hello:application', workers: 1 };
const BROWSER: Load = { connections: CONNECTIONS, path: '/', script: 'browser.lua' };
const WRK: Load = { connections: CONNECTIONS, path: '/' };

export async function runHello(bench: Bench): Promise<CaseResult> {
  const [browser, wrk] = await withServers(bench, WSGI_KINDS, SITE, async (started) => [
    await compareRates(bench, started, BROWSER),
    await compareRates(bench, started, WRK),
  ]);
  const names = ["WSGI hello, a browser's fields (1 KB)", 'WSGI hello, as wrk asks'] as const;
  return {
    id: 'W1',
    title: 'WSGI “Hello, World!”, one worker',
    text: [
      `${CONNECTIONS} connections that are kept open. What a browser sends is what a server sees in production; what wrk sends of its own is a request line and Host.`,
    ],
    tables: [rateTable(names[0], browser), rateTable(names[1], wrk)],
    goals: goalsOf(browser, wrk),
    panels: [ratePanel(names[0], browser), ratePanel(names[1], wrk)],
    loads: [BROWSER, WRK].map((load) => wrkCommand(load, bench.options.seconds, 'PORT').join(' ')),
    invocations: invocationsOf(WSGI_KINDS, SITE),
  };
}

function goalsOf(browser: readonly Measured[], wrk: readonly Measured[]): Goal[] {
  const [ofBrowser, ofWrk] = ["hello, a browser's fields", 'hello, as wrk asks'];
  return [
    rateGoal(browser, ofBrowser, 'nginx → uWSGI', { atLeast: 1.5 }),
    rateGoal(wrk, ofWrk, 'nginx → uWSGI', { atLeast: 1.4 }),
    rateGoal(browser, ofBrowser, 'granian', { atLeast: 1.15 }),
    rateGoal(wrk, ofWrk, 'granian', { atLeast: 0.85 }),
    rateGoal(browser, ofBrowser, 'nginx → gunicorn sync', { atLeast: 7 }),
    rateGoal(wrk, ofWrk, 'nginx → gunicorn sync', { atLeast: 7 }),
    rateGoal(browser, ofBrowser, 'nginx → gunicorn gthread', { atLeast: 7 }),
    rateGoal(wrk, ofWrk, 'nginx → gunicorn gthread', { atLeast: 7 }),
    cpuGoal(browser, ofBrowser, 'nginx → uWSGI', { atMost: 0.6 }),
    cpuGoal(wrk, ofWrk, 'nginx → uWSGI', { atMost: 0.6 }),
    cpuGoal(browser, ofBrowser, 'granian', { atMost: 1.05 }),
    cpuGoal(wrk, ofWrk, 'granian', { atMost: 1.5 }),
  ];
}
