// W3: more than a few bytes, down and up, to a WSGI application and to a FastAPI one.

import type { Bench } from '../harness/bench.ts';
import { compareRates, withServers } from '../harness/bench.ts';
import type { Measured } from '../harness/rounds.ts';
import type { Load } from '../harness/wrk.ts';
import { CONNECTIONS, wrkCommand } from '../harness/wrk.ts';
import { rateGoal } from '../report/goals.ts';
import { invocationsOf } from '../report/invocations.ts';
import { ratePanel, rateTable } from '../report/rates.ts';
import type { CaseResult } from '../report/result.ts';
import type { Kind, Site } from '../servers/kind.ts';
import { LEAST } from '../servers/least.ts';
import { BODY_ASGI_KINDS, BODY_WSGI_KINDS } from '../servers/peers.ts';

interface Exchange {
  readonly name: string;
  readonly load: Load;
  readonly granianAtLeast: number;
}

interface Interface {
  readonly name: string;
  readonly site: Site;
  readonly kinds: readonly Kind[];
  /** Each peer and how many times its rate is wanted. */
  readonly bounds: (exchange: Exchange) => Readonly<Record<string, number>>;
}

interface Compared {
  readonly name: string;
  readonly bounds: Readonly<Record<string, number>>;
  readonly rates: readonly Measured[];
}

const EXCHANGES: readonly Exchange[] = [
  { name: 'response of 10 KB', load: { connections: CONNECTIONS, path: '/' }, granianAtLeast: 1 },
  { name: 'response of 1 MB', load: { connections: CONNECTIONS, path: '/1m' }, granianAtLeast: 0.8 },
  {
    name: 'POST of 10 KB',
    load: { connections: CONNECTIONS, path: '/', script: 'post-10k.lua' },
    granianAtLeast: 0.85,
  },
  { name: 'POST of 1 MB', load: { connections: CONNECTIONS, path: '/', script: 'post-1m.lua' }, granianAtLeast: 0.7 },
];
const WSGI: Interface = {
  name: 'WSGI',
  site: { app: 'bodies:application', workers: 1 },
  kinds: BODY_WSGI_KINDS,
  bounds: ({ granianAtLeast }) => ({ granian: granianAtLeast, 'nginx → uWSGI': 1.5 }),
};
const ASGI: Interface = {
  name: 'FastAPI',
  site: { app: 'fastapi_bodies:app', workers: 1 },
  kinds: BODY_ASGI_KINDS,
  bounds: () => ({ uvicorn: 1 }),
};

export async function runBodies(bench: Bench): Promise<CaseResult> {
  const compared = [...(await compareInterface(bench, WSGI)), ...(await compareInterface(bench, ASGI))];
  return {
    id: 'W3',
    title: 'Bodies, one worker',
    text: [
      `The application reads the whole body of a POST and answers with its length. ${CONNECTIONS} connections. The commands of peers that run both kinds of application are given once for each.`,
      `“${LEAST}” (bench/least) is no server, and shows what is left to gain: Node.js and Python hand the same bytes to each other as Portico's edge and worker do, but nothing reads a request, makes an environ or calls an application.`,
    ],
    tables: compared.map(({ name, rates }) => rateTable(name, rates)),
    goals: compared.flatMap(({ name, bounds, rates }) =>
      Object.entries(bounds).map(([peer, atLeast]) => rateGoal(rates, name, peer, { atLeast })),
    ),
    panels: compared.map(({ name, rates }) =>
      ratePanel(
        name,
        rates.filter((one) => one.name !== LEAST),
      ),
    ),
    loads: EXCHANGES.map(({ load }) => wrkCommand(load, bench.options.seconds, 'PORT').join(' ')),
    invocations: [WSGI, ASGI].flatMap(({ kinds, site }) => invocationsOf(kinds, site)),
  };
}

async function compareInterface(bench: Bench, { name, site, kinds, bounds }: Interface): Promise<Compared[]> {
  return withServers(bench, kinds, site, async (started) => {
    const compared: Compared[] = [];
    for (const exchange of EXCHANGES) {
      const rates = await compareRates(bench, started, exchange.load);
      compared.push({ name: `${name}, ${exchange.name}`, bounds: bounds(exchange), rates });
    }
    return compared;
  });
}
