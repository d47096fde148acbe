// W3: more than a few bytes, down and up.

import type { Bench } from '../harness/bench.ts';
import { compareRates, withServers } from '../harness/bench.ts';
import type { Load } from '../harness/wrk.ts';
import { CONNECTIONS, wrkCommand } from '../harness/wrk.ts';
import { invocationsOf } from '../report/invocations.ts';
import { ratePanel, rateTable } from '../report/rates.ts';
import type { CaseResult } from '../report/result.ts';
import { MAIN_KINDS } from '../servers/peers.ts';

const SITE = { app: 'bodies:application', workers: 1 };
const LOADS: readonly { readonly name: string; readonly load: Load }[] = [
  { name: 'WSGI, response of 10 KB', load: { connections: CONNECTIONS, path: '/' } },
  { name: 'WSGI, POST of 10 KB', load: { connections: CONNECTIONS, path: '/', script: 'post-10k.lua' } },
  { name: 'WSGI, POST of 1 MB', load: { connections: CONNECTIONS, path: '/', script: 'post-1m.lua' } },
];

export async function runBodies(bench: Bench): Promise<CaseResult> {
  const measured = await withServers(bench, MAIN_KINDS, SITE, async (started) => {
    const results = [];
    for (const { name, load } of LOADS) results.push({ name, rates: await compareRates(bench, started, load) });
    return results;
  });
  return {
    id: 'W3',
    title: 'Bodies, one worker',
    text: ['The application reads the whole body of a POST and answers with its length.'],
    tables: measured.map(({ name, rates }) => rateTable(name, rates)),
    goals: [],
    panels: measured.map(({ name, rates }) => ratePanel(name, rates)),
    loads: LOADS.map(({ load }) => wrkCommand(load, bench.options.seconds, 'PORT').join(' ')),
    invocations: invocationsOf(MAIN_KINDS, SITE),
  };
}
