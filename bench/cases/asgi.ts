// A1: what a server itself costs an asynchronous application, and what is left of it beside a real framework.

import type { Bench } from '../harness/bench.ts';
import { compareRates, withServers } from '../harness/bench.ts';
import type { Measured } from '../harness/rounds.ts';
import type { Load } from '../harness/wrk.ts';
import { CONNECTIONS, wrkCommand } from '../harness/wrk.ts';
import type { Bound } from '../report/goals.ts';
import { rateGoal } from '../report/goals.ts';
import { invocationsOf } from '../report/invocations.ts';
import { ratePanel, rateTable } from '../report/rates.ts';
import type { CaseResult } from '../report/result.ts';
import { ASGI_KINDS } from '../servers/peers.ts';

interface Page {
  readonly name: string;
  readonly app: string;
  readonly bounds: Readonly<Record<string, Bound>>;
}

/** Whose commands are printed. */
const HELLO = 'hello_asgi:application';
const PAGES: readonly Page[] = [
  {
    name: 'ASGI hello',
    app: HELLO,
    bounds: { uvicorn: { atLeast: 1.6 }, granian: { atLeast: 1.15 }, 'nginx → uvicorn': { atLeast: 1.9 } },
  },
  { name: 'FastAPI JSON', app: 'fastapi_json:app', bounds: { uvicorn: { atLeast: 1.05 } } },
];
const LOADS: readonly { readonly name: string; readonly load: Load }[] = [
  { name: "a browser's fields", load: { connections: CONNECTIONS, path: '/', script: 'browser.lua' } },
  { name: 'as wrk asks', load: { connections: CONNECTIONS, path: '/' } },
];

interface Compared {
  readonly name: string;
  readonly bounds: Page['bounds'];
  readonly rates: readonly Measured[];
}

export async function runAsgi(bench: Bench): Promise<CaseResult> {
  const compared: Compared[] = [];
  for (const page of PAGES) compared.push(...(await comparePage(bench, page)));
  return {
    id: 'A1',
    title: 'ASGI “Hello, World!” and FastAPI, one worker',
    text: [
      `${CONNECTIONS} connections that are kept open. FastAPI checks a query parameter and answers with a pydantic model. Every server but daphne, which has no choice, runs on uvloop. The commands below are those of hello.`,
    ],
    tables: compared.map(({ name, rates }) => rateTable(name, rates)),
    goals: compared.flatMap(({ name, bounds, rates }) =>
      Object.entries(bounds).map(([peer, bound]) => rateGoal(rates, name, peer, bound)),
    ),
    panels: compared.map(({ name, rates }) => ratePanel(name, rates)),
    loads: LOADS.map(({ load }) => wrkCommand(load, bench.options.seconds, 'PORT').join(' ')),
    invocations: invocationsOf(ASGI_KINDS, { app: HELLO, workers: 1 }),
  };
}

async function comparePage(bench: Bench, { name, app, bounds }: Page): Promise<Compared[]> {
  return withServers(bench, ASGI_KINDS, { app, workers: 1 }, async (started) => {
    const compared = [];
    for (const { name: fields, load } of LOADS) {
      compared.push({ name: `${name}, ${fields}`, bounds, rates: await compareRates(bench, started, load) });
    }
    return compared;
  });
}
