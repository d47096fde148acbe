// T1: what it costs to begin, for clients that come and go.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from '../harness/bench.ts';
import { withServers } from '../harness/bench.ts';
import type { Handshakes } from '../harness/handshakes.ts';
import { handshakesCommand, runHandshakes } from '../harness/handshakes.ts';
import type { KeyKind } from '../harness/key-pair.ts';
import { makeKeyPair, placeOf } from '../harness/key-pair.ts';
import { treeCpuMs } from '../harness/process-tree.ts';
import type { Contender, Measured } from '../harness/rounds.ts';
import { interleave } from '../harness/rounds.ts';
import type { Server } from '../harness/server.ts';
import { cpuGoal, rateGoal } from '../report/goals.ts';
import { invocationsOf } from '../report/invocations.ts';
import type { RateUnit } from '../report/rates.ts';
import { OURS, REQUESTS, ratePanel, rateTable } from '../report/rates.ts';
import type { CaseResult } from '../report/result.ts';
import type { KeyPair, Kind } from '../servers/kind.ts';
import { nginxFile } from '../servers/nginx-file.ts';

interface Row {
  readonly label: string;
  readonly key: KeyKind;
  readonly load: Handshakes;
}

type MeasuredRow = Row & { readonly rates: readonly Measured[] };

const SITE = { app: '', workers: 1 };
const US_PER_MS = 1000;
const WARM_SECONDS = 1;
const UNIT: RateUnit = { ...REQUESTS, name: 'handshakes/s', cpuName: 'processor µs a handshake' };
/** The goal is a rate; a load that is slower than both servers would hide what they cost, so their processor time is asked about as well. */
const RATE = { atLeast: 0.9 };
const CPU = { atMost: 1 / RATE.atLeast };
const KEYS = ['ECDSA', 'RSA-2048'] as const;
/** A resumed handshake does not use the key. */
const ROWS: readonly Row[] = [
  { label: 'full, TLS 1.3, ECDSA', key: 'ECDSA', load: { version: 'tls1_3', isResumed: false } },
  { label: 'full, TLS 1.2, ECDSA', key: 'ECDSA', load: { version: 'tls1_2', isResumed: false } },
  { label: 'full, TLS 1.3, RSA-2048', key: 'RSA-2048', load: { version: 'tls1_3', isResumed: false } },
  { label: 'full, TLS 1.2, RSA-2048', key: 'RSA-2048', load: { version: 'tls1_2', isResumed: false } },
  { label: 'resumed, TLS 1.3', key: 'ECDSA', load: { version: 'tls1_3', isResumed: true } },
  { label: 'resumed, TLS 1.2', key: 'ECDSA', load: { version: 'tls1_2', isResumed: true } },
];

export async function runHandshakeRates(bench: Bench): Promise<CaseResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-keys-'));
  try {
    chmodSync(folder, 0o755);
    const measured: MeasuredRow[] = [];
    for (const key of KEYS) measured.push(...(await measureKey(bench, key, makeKeyPair(folder, key))));
    return resultOf(bench, measured);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureKey(bench: Bench, key: KeyKind, keys: KeyPair): Promise<MeasuredRow[]> {
  return withServers(bench, kindsFor(keys), SITE, async ({ servers, failures }) => {
    const results: MeasuredRow[] = [];
    for (const row of ROWS.filter((one) => one.key === key)) {
      for (const { port } of servers) await runHandshakes(row.load, WARM_SECONDS, port);
      const contenders = servers.map((server) => handshakesContender(server, row.load, bench.options.seconds));
      results.push({ ...row, rates: [...(await interleave(contenders, bench.options.rounds)), ...failures] });
    }
    return results;
  });
}

function kindsFor(keys: KeyPair): Kind[] {
  const file = () => ({ http: ['access_log off;'], servers: [['location / { return 200 "ok"; }']] });
  return [
    nginxFile({ name: OURS, program: 'portico nginx', file, keys }),
    nginxFile({ name: 'nginx', program: 'nginx', file, keys }),
  ];
}

function handshakesContender(server: Server, load: Handshakes, seconds: number): Contender {
  return {
    name: server.name,
    measure: async () => {
      const before = treeCpuMs(server.pids());
      const { connections, perSecond, faults } = await runHandshakes(load, seconds, server.port);
      const cpuUs = (treeCpuMs(server.pids()) - before) * US_PER_MS;
      return { value: perSecond, cpuUs: cpuUs / Math.max(1, connections), faults };
    },
  };
}

function resultOf({ options }: Bench, rows: readonly MeasuredRow[]): CaseResult {
  const what = (label: string): string => `handshake, ${label}`;
  return {
    id: 'T1',
    title: 'TLS handshakes',
    text: [
      'Four clients connect, shake hands, and go. One process serves, by the same file and with the same key, and sessions are resumed by tickets, as both do of themselves. The ticket of TLS 1.3 comes behind the handshake, so that clients ask for “/” there, by HTTP/1.0, and read the answer: its processor time counts as well.',
      'A client takes as much of the processor as a server, or more, and has the other core: where nginx waits for it, the rates come closer to each other than the processor times, which are the measure.',
    ],
    tables: rows.map(({ label, rates }) => rateTable(`Handshakes: ${label}`, rates, { unit: UNIT })),
    goals: rows.flatMap(({ label, rates }) => [
      rateGoal(rates, what(label), 'nginx', RATE, UNIT),
      cpuGoal(rates, what(label), 'nginx', CPU, UNIT),
    ]),
    panels: rows.map(({ label, rates }) => ratePanel(`TLS handshakes: ${label}`, rates, UNIT)),
    loads: rows.map(({ load }) => `${handshakesCommand(load, options.seconds, 'PORT').join(' ')} (four at a time)`),
    invocations: invocationsOf(kindsFor(placeOf('FILES', 'ECDSA')), SITE),
  };
}
