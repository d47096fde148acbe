// A2: WebSockets. What one message costs on its way in and out, and on its way to everyone.

import type { Bench, Started } from '../harness/bench.ts';
import { withServers } from '../harness/bench.ts';
import { findFileLimit } from '../harness/open-files.ts';
import { readTree, treeCpuMs } from '../harness/process-tree.ts';
import type { Contender, Measured, Sample } from '../harness/rounds.ts';
import { interleave } from '../harness/rounds.ts';
import type { Server } from '../harness/server.ts';
import { WebsocketLoad } from '../harness/websocket-load.ts';
import type { Scene } from '../harness/websocket-runs.ts';
import { MESSAGE_BYTES } from '../harness/websocket-runs.ts';
import { BUSY_COLUMNS, describeBusyness } from '../report/busy.ts';
import { rateGoal } from '../report/goals.ts';
import { invocationsOf } from '../report/invocations.ts';
import type { RateUnit } from '../report/rates.ts';
import { DELIVERIES, MESSAGES, OURS, ratePanel, rateTable } from '../report/rates.ts';
import type { CaseResult } from '../report/result.ts';
import { WEBSOCKET_KINDS } from '../servers/peers.ts';

interface Play {
  readonly caption: string;
  readonly scene: Scene;
  readonly clients: number;
  readonly unit: RateUnit;
}

const SITE = { app: 'rooms:application', workers: 1 };
const PLAYS: readonly Play[] = [
  { caption: 'WebSocket echo, 100 clients', scene: 'echo', clients: 100, unit: MESSAGES },
  { caption: 'WebSocket echo, 1,000 clients', scene: 'echo', clients: 1000, unit: MESSAGES },
  { caption: 'WebSocket broadcast to 100 clients', scene: 'broadcast', clients: 100, unit: DELIVERIES },
  { caption: 'WebSocket broadcast to 1,000 clients', scene: 'broadcast', clients: 1000, unit: DELIVERIES },
];
/** Before each round, on the connections of the round: the load is a new process, which has to be compiled. */
const WARM_SECONDS = 0.4;
const MS_PER_SECOND = 1000;
const US_PER_MS = 1000;

interface Played extends Play {
  readonly measured: readonly Measured[];
}

export async function runWebsockets(bench: Bench): Promise<CaseResult> {
  const played = await withServers(bench, WEBSOCKET_KINDS, SITE, async (started) => {
    const results: Played[] = [];
    for (const play of PLAYS) results.push({ ...play, measured: await perform(bench, started, play) });
    return results;
  });
  const peers = WEBSOCKET_KINDS.map(({ name }) => name).filter((name) => name !== OURS);
  return {
    id: 'A2',
    title: 'WebSockets, one worker',
    text: [
      `Texts of ${MESSAGE_BYTES} bytes, without compression. Echo: each client sends, waits for the answer, and sends again, all at the same time. Broadcast: one client, another each time, sends, the application sends it on to all, one after another, and the next follows when all have it; a delivery is one client's. A round's clients are connected before it, and are one process, which checks every message.`,
      `“Cores” is processor time of a second. ${describeBusyness(played)}`,
    ],
    tables: played.map(({ caption, measured, unit }) => rateTable(caption, measured, { unit, columns: BUSY_COLUMNS })),
    goals: played.flatMap(({ caption, measured, unit }) =>
      peers.map((peer) => rateGoal(measured, caption, peer, { atLeast: 1 }, unit)),
    ),
    panels: played.map(({ caption, measured, unit }) => ratePanel(caption, measured, unit)),
    loads: ['bench/harness/websocket-clients.ts'],
    invocations: invocationsOf(WEBSOCKET_KINDS, SITE),
  };
}

async function perform({ options }: Bench, { servers, failures }: Started, play: Play): Promise<Measured[]> {
  const contenders = servers.map(
    (server): Contender => ({
      name: server.name,
      measure: async () => {
        try {
          return await measureRound(server, play, options.seconds);
        } catch (error) {
          return { value: Number.NaN, faults: error instanceof Error ? error.message : String(error) };
        }
      },
    }),
  );
  return [...(await interleave(contenders, options.rounds)), ...failures];
}

/** Rejects when it cannot be measured. */
async function measureRound(server: Server, { scene, clients }: Play, seconds: number): Promise<Sample> {
  const pids = readTree(server.pids()).map(({ pid }) => pid);
  const limit = findFileLimit([process.pid, ...pids], clients);
  if (limit !== '') throw new Error(limit);
  const load = await WebsocketLoad.start({ port: server.port, scene, clients });
  try {
    await load.run(WARM_SECONDS);
    const beforeMs = treeCpuMs(server.pids());
    const result = await load.run(seconds);
    const cpuMs = treeCpuMs(server.pids()) - beforeMs;
    return {
      value: result.messages / result.seconds,
      cpuUs: (cpuMs * US_PER_MS) / Math.max(1, result.messages),
      serverCores: cpuMs / MS_PER_SECOND / result.seconds,
      loadCores: result.cpuSeconds / result.seconds,
      faults: result.faults,
    };
  } finally {
    await load.stop();
  }
}
