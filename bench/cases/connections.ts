// M2: memory for those who are connected: idle clients of TLS, and clients that hardly read a response of a server behind.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../harness/bench.ts';
import { withServers } from '../harness/bench.ts';
import type { Holding } from '../harness/held-clients.ts';
import { closeClients, openClients } from '../harness/held-clients.ts';
import { makeKeyPair, placeOf } from '../harness/key-pair.ts';
import { findFileLimit } from '../harness/open-files.ts';
import { pssMb, readTree } from '../harness/process-tree.ts';
import type { Server } from '../harness/server.ts';
import { boundGoal } from '../report/goals.ts';
import { invocationsOf } from '../report/invocations.ts';
import { formatNumber } from '../report/numbers.ts';
import { OURS } from '../report/rates.ts';
import type { CaseResult, Table } from '../report/result.ts';
import { median } from '../report/statistics.ts';
import type { Kind } from '../servers/kind.ts';
import { backendKind, proxyKinds } from '../servers/proxies.ts';

interface Held {
  readonly name: string;
  /** Of the whole process tree, before the clients came and while they were there. */
  readonly idleMb: number;
  readonly heldMb: number;
  /** Empty when nothing went wrong. */
  readonly faults: string;
}

const SITE = { app: '', workers: 1 };
const IDLE = { clients: 5000, path: '/', isSecure: true };
const SLOW = { clients: 1000, path: '/held/10m.bin', isSecure: false };
const RESPONSE_BYTES = 10 * 1024 ** 2;
const IDLE_KB_MAX = 40;
const KB_PER_MB = 1024;
/** Clients that come and go first, so that what is made once has been made. */
const WARM_CLIENTS = 100;
/** What is done when there is time has been done, and buffers that can fill are full. */
const SETTLE_MS = 3_000;
const RUNS_MAX = 2;
const KB = (value: number): string => `${formatNumber(value)} KB`;

export async function runConnections(bench: Bench): Promise<CaseResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-held-'));
  try {
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, '10m.bin'), Buffer.alloc(RESPONSE_BYTES, 'slowly\n'));
    const keys = makeKeyPair(folder, 'ECDSA');
    return await withServers(bench, [backendKind(folder)], SITE, async ({ servers: [behind] }) => {
      if (behind === undefined) throw new Error('the server behind could not be started');
      const backend = String(behind.port);
      const idle = await measureKinds(bench, proxyKinds({ backend, keys }), IDLE);
      return resultOf(idle, await measureKinds(bench, proxyKinds({ backend }), SLOW));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureKinds(bench: Bench, kinds: readonly Kind[], holding: Omit<Holding, 'port'>): Promise<Held[]> {
  const runs: Held[] = [];
  for (let run = 0; run < Math.min(RUNS_MAX, bench.options.rounds); run += 1) {
    for (const kind of kinds) {
      // One at a time: what two servers share would be charged to each by half.
      const { failures } = await withServers(bench, [kind], SITE, async (started) => {
        for (const server of started.servers) runs.push(await measure(server, holding));
        return started;
      });
      for (const { name, failure = '' } of failures) runs.push(missing(name, failure));
    }
  }
  return kinds.map(({ name }) => medianHeld(runs.filter((one) => one.name === name)));
}

async function measure(server: Server, holding: Omit<Holding, 'port'>): Promise<Held> {
  const { name, port } = server;
  // Clients, and as many connections to the server behind.
  const tooFew = findFileLimit([process.pid, ...server.pids()], 2 * holding.clients);
  if (tooFew !== '') return missing(name, tooFew);
  try {
    closeClients(await openClients({ ...holding, port, clients: WARM_CLIENTS }));
    await sleep(SETTLE_MS);
    const idleMb = memoryMb(server);
    const clients = await openClients({ ...holding, port });
    await sleep(SETTLE_MS);
    const heldMb = memoryMb(server);
    const left = clients.filter(({ destroyed }) => destroyed).length;
    closeClients(clients);
    return { name, idleMb, heldMb, faults: left === 0 ? '' : `${left} clients were cut` };
  } catch (error) {
    return missing(name, error instanceof Error ? error.message : String(error));
  }
}

function memoryMb(server: Server): number {
  return readTree(server.pids()).reduce((sum, { pid }) => sum + pssMb(pid), 0);
}

function missing(name: string, faults: string): Held {
  return { name, idleMb: Number.NaN, heldMb: Number.NaN, faults };
}

function medianHeld(runs: readonly Held[]): Held {
  return {
    name: runs[0]?.name ?? '',
    idleMb: median(runs.map(({ idleMb }) => idleMb)),
    heldMb: median(runs.map(({ heldMb }) => heldMb)),
    faults: runs.map(({ faults }) => faults).find((fault) => fault !== '') ?? '',
  };
}

function kbPerClient({ idleMb, heldMb }: Held, clients: number): number {
  return ((heldMb - idleMb) * KB_PER_MB) / clients;
}

function heldTable(caption: string, held: readonly Held[], clients: number): Table {
  return {
    caption,
    head: ['server', 'before, MB', 'with them, MB', 'KB a client', 'faults'],
    rows: held.map((one) => [
      one.name,
      formatNumber(one.idleMb),
      formatNumber(one.heldMb),
      formatNumber(kbPerClient(one, clients)),
      one.faults,
    ]),
  };
}

function resultOf(idle: readonly Held[], slow: readonly Held[]): CaseResult {
  const ours = idle.find(({ name }) => name === OURS) ?? missing(OURS, '');
  const oursKb = kbPerClient(ours, IDLE.clients);
  const captions = [
    `${IDLE.clients.toLocaleString('en')} idle connections of TLS`,
    `${SLOW.clients.toLocaleString('en')} clients that do not read their 10 MB`,
  ] as const;
  return {
    id: 'M2',
    title: 'Memory of those who are connected',
    text: [
      'Proportional set size of all processes of a proxy: what the kernel keeps in buffers of sockets is not in it. Idle clients have had one answer each over TLS (1.3, ECDSA) and stay. Those that do not read have had the first bytes of a response that a server behind sends as fast as it is taken; nothing of it may be written to files (`proxy_max_temp_file_size 0`). The median of up to two starts.',
    ],
    tables: [heldTable(captions[0], idle, IDLE.clients), heldTable(captions[1], slow, SLOW.clients)],
    goals: [
      boundGoal('an idle connection of TLS: memory', oursKb, { atMost: IDLE_KB_MAX }, { text: KB(oursKb), format: KB }),
    ],
    panels: [
      { title: captions[0], held: idle, clients: IDLE.clients },
      { title: captions[1], held: slow, clients: SLOW.clients },
    ].map(({ title, held, clients }) => ({
      title,
      unit: 'KB a client, less is better',
      bars: held.map((one) => {
        const value = kbPerClient(one, clients);
        return { label: one.name, value, text: formatNumber(value) };
      }),
    })),
    loads: ['bench/harness/held-clients.ts'],
    invocations: [
      ...invocationsOf([...proxyKinds({ backend: 'BACKEND' }), backendKind('FILES')], SITE),
      ...invocationsOf(proxyKinds({ backend: 'BACKEND', keys: placeOf('FILES', 'ECDSA') }), SITE).map((one) => ({
        ...one,
        server: `${one.server}, TLS`,
      })),
    ],
  };
}
