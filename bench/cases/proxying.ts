// P1: requests that a server behind answers, beside other proxies. The server behind is one and the same for all.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from '../harness/bench.ts';
import { compareRates, withServers } from '../harness/bench.ts';
import { makeKeyPair, placeOf } from '../harness/key-pair.ts';
import type { Measured } from '../harness/rounds.ts';
import type { Load } from '../harness/wrk.ts';
import { CONNECTIONS, wrkCommand } from '../harness/wrk.ts';
import type { Bound } from '../report/goals.ts';
import { rateGoal } from '../report/goals.ts';
import { invocationsOf } from '../report/invocations.ts';
import { OURS, ratePanel, rateTable } from '../report/rates.ts';
import type { CaseResult, Goal } from '../report/result.ts';
import { backendKind, proxyKinds } from '../servers/proxies.ts';

const SITE = { app: '', workers: 1 };
const MIB = 1024 ** 2;
/** Of transfers of a megabyte: more only wait for each other. */
const FEW = 16;

interface Row {
  readonly label: string;
  readonly load: Load;
  /** Times the rate of each; those without a bound are measured as well, unless `isOnlyBounds`. */
  readonly bounds: Readonly<Record<string, Bound>>;
  readonly isOnlyBounds?: boolean;
}

const [NEARLY, TIMES_NGINX] = [{ atLeast: 0.75 }, { atLeast: 0.8 }];
const UPLOAD = { connections: FEW, script: 'post-1m.lua' };
const ROWS: readonly Row[] = [
  {
    label: 'small response',
    load: { connections: CONNECTIONS, path: '/' },
    bounds: { nginx: NEARLY, Caddy: { atLeast: 1 } },
  },
  { label: 'response of 1 MB', load: { connections: FEW, path: '/1m' }, bounds: { nginx: TIMES_NGINX } },
  { label: 'POST of 1 MB', load: { ...UPLOAD, path: '/upload' }, bounds: { nginx: TIMES_NGINX } },
  {
    label: 'POST of 1 MB, not collected',
    load: { ...UPLOAD, path: '/streamed' },
    bounds: { nginx: TIMES_NGINX },
    isOnlyBounds: true,
  },
];
const SECURE_ROWS: readonly Row[] = [
  {
    label: 'small response, TLS',
    load: { connections: CONNECTIONS, path: '/', isSecure: true },
    bounds: { nginx: TIMES_NGINX },
  },
  {
    label: 'response of 1 MB, TLS',
    load: { connections: FEW, path: '/1m', isSecure: true },
    bounds: { nginx: TIMES_NGINX },
  },
];

type MeasuredRow = Row & { readonly rates: readonly Measured[] };

export async function runProxying(bench: Bench): Promise<CaseResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-proxy-'));
  try {
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, '1m.bin'), Buffer.alloc(MIB, 'proxied\n'));
    const keys = makeKeyPair(folder, 'ECDSA');
    return await withServers(bench, [backendKind(folder)], SITE, async ({ servers: [behind] }) => {
      if (behind === undefined) throw new Error('the server behind could not be started');
      const backend = String(behind.port);
      const plain = await measureRows(bench, { backend }, ROWS);
      return resultOf(bench, [...plain, ...(await measureRows(bench, { backend, keys }, SECURE_ROWS))]);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureRows(
  bench: Bench,
  proxied: Parameters<typeof proxyKinds>[0],
  rows: readonly Row[],
): Promise<MeasuredRow[]> {
  return withServers(bench, proxyKinds(proxied), SITE, async ({ servers, failures }) => {
    const results: MeasuredRow[] = [];
    for (const row of rows) {
      const measured = servers.filter(({ name }) => name === OURS || !row.isOnlyBounds || name in row.bounds);
      results.push({ ...row, rates: await compareRates(bench, { servers: measured, failures }, row.load) });
    }
    return results;
  });
}

function resultOf({ options }: Bench, rows: readonly MeasuredRow[]): CaseResult {
  const kinds = [...proxyKinds({ backend: 'BACKEND' }), backendKind('FILES')];
  const secure = proxyKinds({ backend: 'BACKEND', keys: placeOf('FILES', 'ECDSA') });
  return {
    id: 'P1',
    title: 'A proxy in front of one server',
    text: [
      'The server behind is an nginx with one process, which answers from memory, a POST when it has read its body. Each proxy has one process or thread, keeps its connections to the server, and sets X-Forwarded-For and X-Forwarded-Proto; Portico and nginx run the same file. Proxy, server behind and load share the cores of this machine, so the processor time a request tells more than the rate.',
      'HAProxy and Caddy do not collect a body before they pass it on; nginx and Portico do as they come (nginx in memory here), and in one row do not. By TLS: the same ECDSA key for all.',
    ],
    tables: rows.map(({ label, rates }) => rateTable(label, rates)),
    goals: rows.flatMap(goalsOf),
    panels: rows.filter(({ isOnlyBounds }) => !isOnlyBounds).map(({ label, rates }) => ratePanel(label, rates)),
    loads: rows.map(({ load }) => wrkCommand(load, options.seconds, 'PORT').join(' ')),
    invocations: [
      ...invocationsOf(kinds, SITE),
      ...invocationsOf(secure, SITE).map((one) => ({ ...one, server: `${one.server}, TLS` })),
    ],
  };
}

function goalsOf({ label, rates, bounds }: MeasuredRow): Goal[] {
  return Object.entries(bounds).map(([peer, bound]) => rateGoal(rates, `proxied ${label}`, peer, bound));
}
