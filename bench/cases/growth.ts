// G1: what more sites and more rules cost, at the start and each request.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from '../harness/bench.ts';
import { compareRates } from '../harness/bench.ts';
import { pssMb, readTree } from '../harness/process-tree.ts';
import type { Measured } from '../harness/rounds.ts';
import { Server } from '../harness/server.ts';
import type { Load } from '../harness/wrk.ts';
import { CONNECTIONS, wrkCommand } from '../harness/wrk.ts';
import { boundGoal } from '../report/goals.ts';
import type { Growth, Size } from '../report/growth.ts';
import { growthTable } from '../report/growth.ts';
import { invocationsOf } from '../report/invocations.ts';
import { formatNumber, formatRatio } from '../report/numbers.ts';
import { OURS, REQUESTS } from '../report/rates.ts';
import type { CaseResult, Goal } from '../report/result.ts';
import { findMeasured, median, summarizeRatios } from '../report/statistics.ts';
import { deniedNetworks, geoOf, HOST_ASKED, mapOf, sitesOf } from '../servers/growing-file.ts';
import type { Kind } from '../servers/kind.ts';
import type { NginxFile } from '../servers/nginx-file.ts';
import { nginxFile } from '../servers/nginx-file.ts';

const SITE = { app: '', workers: 1 };
const LOAD: Load = { connections: CONNECTIONS, path: '/1k.txt', host: HOST_ASKED };
const LOAD_MS_MAX = 2_000;
const REQUEST_MAX = 1.1;
const STARTS_MAX = 3;
const PROGRAMS = [
  { server: OURS, program: 'portico nginx' },
  { server: 'nginx', program: 'nginx' },
] as const;
const MS = (value: number): string => `${formatNumber(value)} ms`;

/** What grows, in which steps, and the file with so many. */
interface Axis {
  readonly what: string;
  readonly steps: readonly number[];
  readonly file: (count: number, files: string) => NginxFile;
}

const TO_THOUSAND = [1, 32, 1000];
const TO_TEN_THOUSAND = [1, 100, 10_000];
const MAPPED = ['add_header X-Mapped $mapped;'];
const AXES: readonly Axis[] = [
  {
    what: 'sites of ten locations',
    steps: TO_THOUSAND,
    file: (count, files) => ({ http: [], servers: sitesOf(count, files) }),
  },
  {
    what: 'entries of map',
    steps: TO_TEN_THOUSAND,
    file: (count, files) => ({ http: mapOf(count), servers: sitesOf(1, files, MAPPED) }),
  },
  {
    what: 'networks of geo',
    steps: TO_TEN_THOUSAND,
    file: (count, files) => ({ http: geoOf(count), servers: sitesOf(1, files, ['add_header X-Country $country;']) }),
  },
  {
    what: 'networks denied',
    steps: TO_TEN_THOUSAND,
    file: (count, files) => ({ http: deniedNetworks(count), servers: sitesOf(1, files) }),
  },
  {
    what: 'sites, each with ten more entries of map and networks denied to all',
    steps: TO_THOUSAND,
    file: (count, files) => ({
      http: [...mapOf(10 * count), ...deniedNetworks(10 * count)],
      servers: sitesOf(count, files, MAPPED),
    }),
  },
];

export async function runGrowth(bench: Bench): Promise<CaseResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-growth-'));
  try {
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, '1k.txt'), Buffer.alloc(1024, 'static file\n'));
    return await measureAxes(bench, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAxes(bench: Bench, folder: string): Promise<CaseResult> {
  const measured: { readonly what: string; readonly growths: readonly Growth[] }[] = [];
  for (const axis of AXES) measured.push({ what: axis.what, growths: await measureAxis(bench, axis, folder) });
  const kinds = PROGRAMS.map(({ server, program }) =>
    nginxFile({ name: server, program, file: () => ({ http: [], servers: sitesOf(1, 'FILES') }) }),
  );
  return {
    id: 'G1',
    title: 'Growth: sites and rules',
    text: [
      `A file of 1 KB is asked for, of the site that stands last. Rounds of half the time. From the command to the first answer: the median of up to ${STARTS_MAX} starts. Memory is the proportional set size of all processes, after the rounds.`,
      'Sites have two names, one of them with a star, and ten locations, one of them a regex, with expires and add_header. nginx asks one network after another, Portico a table.',
    ],
    tables: measured.map(({ what, growths }) => growthTable(what, growths)),
    goals: measured.flatMap(({ what, growths }) => goalsOf(what, growths)),
    panels: [],
    loads: [wrkCommand(LOAD, bench.options.seconds / 2, 'PORT').join(' ')],
    invocations: invocationsOf(kinds, SITE),
  };
}

interface Running {
  readonly server: string;
  readonly count: number;
  readonly loadMs: number;
  readonly running: Server;
}

/** All sizes of both programs run at once, and are measured in turn. */
async function measureAxis(bench: Bench, { steps, file }: Axis, folder: string): Promise<Growth[]> {
  const started: Running[] = [];
  const { options } = bench;
  try {
    for (const { server, program } of PROGRAMS) {
      for (const count of steps) {
        const kind = nginxFile({ name: `${server} ${count}`, program, file: () => file(count, folder) });
        started.push({ server, count, ...(await startOften(bench, kind)) });
      }
    }
    const rounds = { ...bench, options: { ...options, seconds: Math.max(1, options.seconds / 2) } };
    const servers = started.map(({ running }) => running);
    const measured = await compareRates(rounds, { servers, failures: [] }, LOAD);
    return PROGRAMS.map(({ server }) => {
      const own = started.filter((one) => one.server === server);
      return { server, sizes: own.map((one) => sizeOf(one, own[0] ?? one, measured)) };
    });
  } finally {
    await Promise.all(started.map(async ({ running }) => running.stop()));
  }
}

/** The last start goes on. */
async function startOften({ options, env }: Bench, kind: Kind): Promise<{ loadMs: number; running: Server }> {
  const times: number[] = [];
  for (;;) {
    const beganMs = performance.now();
    const running = await Server.start(kind, SITE, { peers: options.peers, env });
    times.push(performance.now() - beganMs);
    if (times.length === Math.min(STARTS_MAX, options.rounds)) return { loadMs: median(times), running };
    await running.stop();
  }
}

function sizeOf({ count, loadMs, running }: Running, fewest: Running, measured: readonly Measured[]): Size {
  const own = findMeasured(measured, running.name);
  return {
    count,
    loadMs,
    cpuUs: median(own.samples.map(REQUESTS.pickCpu)),
    cpuRatio: summarizeRatios(own, findMeasured(measured, fewest.running.name), REQUESTS.pickCpu).median,
    mb: readTree(running.pids()).reduce((sum, { pid }) => sum + pssMb(pid), 0),
  };
}

function goalsOf(what: string, growths: readonly Growth[]): Goal[] {
  const most = growths.find(({ server }) => server === OURS)?.sizes.at(-1);
  const count = most?.count.toLocaleString('en') ?? '';
  const { loadMs = Number.NaN, cpuRatio = Number.NaN } = most ?? {};
  return [
    boundGoal(
      `${count} ${what}: start to first answer`,
      loadMs,
      { atMost: LOAD_MS_MAX },
      { text: MS(loadMs), format: MS },
    ),
    boundGoal(
      `${count} ${what}: processor time a request, times that of one`,
      cpuRatio,
      { atMost: REQUEST_MAX },
      { text: formatRatio(cpuRatio), format: formatRatio },
    ),
  ];
}
