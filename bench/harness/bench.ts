// What every case is given, and the two ways in which cases use servers.

import type { Options } from '../options.ts';
import type { Kind, Site } from '../servers/kind.ts';
import { treeCpuMs } from './process-tree.ts';
import type { Contender, Measured } from './rounds.ts';
import { interleave } from './rounds.ts';
import { Server } from './server.ts';
import type { Load } from './wrk.ts';
import { runWrk } from './wrk.ts';

export interface Bench {
  readonly options: Options;
  /** For the application and for every server. */
  readonly env: Readonly<Record<string, string>>;
  readonly say: (text: string) => void;
}

export interface Started {
  readonly servers: readonly Server[];
  /** What could not be started, with the reason, as a row of the table. */
  readonly failures: readonly Measured[];
}

/**
 * What compiles itself while it runs (Node, the JVM, PyPy) takes two to four times as long for each of its first ten or twenty thousand requests. A server of which a second
 * does not bring so many has more seconds.
 */
const WARM = { seconds: 1, requests: 30_000, secondsMax: 5 } as const;
const US_PER_MS = 1000;
const BYTES_PER_MB = 1e6;

/** Starts all, gives them to `use`, and ends them, whatever happens. */
export async function withServers<T>(
  { options, env, say }: Bench,
  kinds: readonly Kind[],
  site: Site,
  use: (started: Started) => Promise<T>,
): Promise<T> {
  const servers: Server[] = [];
  const failures: Measured[] = [];
  try {
    for (const kind of kinds) {
      try {
        servers.push(await Server.start(kind, site, { peers: options.peers, env }));
      } catch (error) {
        const failure = error instanceof Error ? error.message : String(error);
        say(`  not measured: ${failure}`);
        failures.push({ name: kind.name, samples: [], failure });
      }
    }
    return await use({ servers, failures });
  } finally {
    await Promise.all(servers.map(async (server) => server.stop()));
  }
}

/** Interleaved rounds of wrk against servers that run, beside contenders of another kind. */
export async function compareRates(
  { options }: Bench,
  { servers, failures }: Started,
  load: Load,
  others: readonly Contender[] = [],
): Promise<Measured[]> {
  for (const server of servers) await warm(server, load);
  const measured = await interleave(
    [...servers.map((server) => rateContender(server, load, options.seconds)), ...others],
    options.rounds,
  );
  return [...measured, ...failures];
}

async function warm({ port }: Server, load: Load): Promise<void> {
  let requests = 0;
  for (let seconds = 0; seconds < WARM.secondsMax && requests < WARM.requests; seconds += WARM.seconds) {
    requests += (await runWrk(load, WARM.seconds, port)).requests;
  }
}

function rateContender(server: Server, load: Load, seconds: number): Contender {
  return {
    name: server.name,
    measure: async () => {
      const before = treeCpuMs(server.pids());
      const { requests, perSecond, bytesPerSecond, faults } = await runWrk(load, seconds, server.port);
      const cpuUs = (treeCpuMs(server.pids()) - before) * US_PER_MS;
      return {
        value: perSecond,
        bytesPerSecond,
        cpuUs: cpuUs / Math.max(1, requests),
        cpuUsPerMb: cpuUs / ((bytesPerSecond * seconds) / BYTES_PER_MB),
        faults,
      };
    },
  };
}
