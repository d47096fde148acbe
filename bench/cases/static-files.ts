// S1: files, over HTTP/1.1.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from '../harness/bench.ts';
import { compareRates, withServers } from '../harness/bench.ts';
import type { Load } from '../harness/wrk.ts';
import { CONNECTIONS, wrkCommand } from '../harness/wrk.ts';
import type { Bound } from '../report/goals.ts';
import { rateGoal } from '../report/goals.ts';
import { invocationsOf } from '../report/invocations.ts';
import type { RateUnit } from '../report/rates.ts';
import { MEGABYTES, REQUESTS, ratePanel, rateTable } from '../report/rates.ts';
import type { CaseResult } from '../report/result.ts';
import type { Kind } from '../servers/kind.ts';
import { LEAST_ALONE, leastAlone } from '../servers/least.ts';
import { nginxStatic } from '../servers/nginx-static.ts';
import { portico } from '../servers/portico.ts';

interface StaticFile {
  readonly name: string;
  readonly label: string;
  readonly bytes: number;
  readonly connections: number;
  readonly unit: RateUnit;
  /** Times the rate of nginx, with sendfile and without. */
  readonly bounds: { readonly nginx: Bound; readonly 'nginx, no sendfile': Bound };
}

const SITE = { app: 'hello:application', workers: 1 };
const KIB = 1024;
const FILES: readonly StaticFile[] = [
  {
    name: '1k.css',
    label: '1 KB',
    bytes: KIB,
    connections: CONNECTIONS,
    unit: REQUESTS,
    bounds: { nginx: { atLeast: 0.9 }, 'nginx, no sendfile': { atLeast: 0.9 } },
  },
  {
    name: '100k.js',
    label: '100 KB',
    bytes: 100 * KIB,
    connections: CONNECTIONS,
    unit: REQUESTS,
    bounds: { nginx: { atLeast: 0.8 }, 'nginx, no sendfile': { atLeast: 0.8 } },
  },
  // Few connections, and bytes instead of requests: a transfer takes a good part of a round.
  {
    name: '100m.bin',
    label: '100 MB',
    bytes: 100 * KIB ** 2,
    connections: 8,
    unit: MEGABYTES,
    bounds: { nginx: { atLeast: 0.5 }, 'nginx, no sendfile': { atLeast: 0.8 } },
  },
];

export async function runStaticFiles(bench: Bench): Promise<CaseResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-static-'));
  try {
    return await measureFiles(bench, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureFiles(bench: Bench, folder: string): Promise<CaseResult> {
  chmodSync(folder, 0o755); // nginx gives up root and must still read it.
  mkdirSync(folder, { recursive: true });
  for (const { name, bytes } of FILES) writeFileSync(join(folder, name), Buffer.alloc(bytes, 'static file\n'));
  const kinds = kindsFor(folder);
  const measured = await withServers(bench, kinds, SITE, async (started) => {
    const results = [];
    for (const file of FILES) {
      // Its answers have 1 KB.
      const servers = started.servers.filter(({ name }) => name !== LEAST_ALONE || file.bytes === KIB);
      results.push({ ...file, rates: await compareRates(bench, { ...started, servers }, loadOf(file)) });
    }
    return results;
  });
  return {
    id: 'S1',
    title: 'Static files, HTTP/1.1',
    text: [
      'From memory: each file has been asked for before. nginx has a worker for each core, Portico an edge thread.',
      `“${LEAST_ALONE}” (bench/least) is no server: one thread of Node.js answers whatever it reads with the same 1 KB.`,
    ],
    tables: measured.map(({ label, rates, unit }) => rateTable(`Static file of ${label}`, rates, { unit })),
    goals: measured.flatMap(({ label, rates, bounds, unit }) =>
      Object.entries(bounds).map(([peer, bound]) => rateGoal(rates, `static file of ${label}`, peer, bound, unit)),
    ),
    panels: measured.map(({ label, rates, unit }) =>
      ratePanel(
        `Static file of ${label}`,
        rates.filter(({ name }) => name !== LEAST_ALONE),
        unit,
      ),
    ),
    loads: FILES.map((file) => wrkCommand(loadOf(file), bench.options.seconds, 'PORT').join(' ')),
    invocations: invocationsOf(kindsFor('FILES'), SITE),
  };
}

function kindsFor(folder: string): Kind[] {
  return [
    portico(['--static', `/static/=${folder}`]),
    nginxStatic(folder, true),
    nginxStatic(folder, false),
    leastAlone(),
  ];
}

function loadOf({ name, connections }: StaticFile): Load {
  return { connections, path: `/static/${name}` };
}
