/** Takes snapshots of the server, for the stats server and for commands: asks the edge, and the system for memory and queues. Many who ask at once have the same one. */

import { allListeners } from '../../config/model/all-listeners.ts';
import type { AppId } from '../../config/model/app.ts';
import { renderHostPort } from '../../kernel/addresses/render-host.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { BesideStatus } from '../../protocol/control/beside-status.ts';
import type { BoundListener } from '../../protocol/control/edge.ts';
import type { EdgeHost } from '../children/edge-host.ts';
import type { ServerFleet } from '../fleet/fleet-types.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { PreparedServer } from '../prepare.ts';
import type { StatsServer } from '../stats/stats-server.ts';
import { newStatsServer } from '../stats/stats-server.ts';
import { readVersion } from '../version.ts';
import type { ServerFacts } from './assemble-snapshot.ts';
import { assembleSnapshot } from './assemble-snapshot.ts';
import { queueOf, readQueueMax, readQueues } from './listen-queues.ts';
import { readProcessMemory } from './process-memory.ts';
import type { ListenerSnapshot, Snapshot } from './snapshot.ts';
import type { FleetStep } from './worker-history.ts';
import { WorkerHistory } from './worker-history.ts';

export interface StatusParts {
  readonly server: PreparedServer;
  readonly edge: EdgeHost;
  readonly fleet: () => ServerFleet;
  /** In the time that the fleet knows. */
  readonly nowMs: () => number;
  readonly clock: Clock;
  readonly besideOf: (id: AppId) => BesideStatus | undefined;
  readonly onFault: (error: unknown) => void;
}

export class Status {
  readonly #parts: StatusParts;
  readonly #history = new WorkerHistory();
  readonly #facts: ServerFacts;
  readonly #server: StatsServer | undefined;
  #taking: Promise<Snapshot> | undefined;
  /** For those who ask while one is taken: what they have seen before they asked is in it. */
  #next: Promise<Snapshot> | undefined;

  constructor(parts: StatusParts) {
    const { server, edge, clock } = parts;
    this.#parts = parts;
    this.#facts = {
      version: readVersion(),
      pid: process.pid,
      uid: server.identity?.uid ?? process.getuid?.() ?? 0,
      gid: server.identity?.gid ?? process.getgid?.() ?? 0,
      cwd: server.cwd,
      startedAtMs: clock.nowMs() - clock.monotonicMs(),
    };
    this.#server = newStatsServer(server, { snapshot: () => this.snapshot(), onFault: parts.onFault });
    edge.onCounted = (message) => this.#history.onCounted(message);
    edge.onReportsLost = (reports) => this.#history.onEdgeGone(reports);
  }

  /** Whoever connects to the stats server is told. */
  start(): void {
    this.#server?.start();
  }

  close(): void {
    this.#server?.close();
  }

  follow(step: Omit<FleetStep, 'atMs'>): void {
    this.#history.follow({ ...step, atMs: this.#parts.clock.nowMs() });
  }

  /** Waits for the edge, but not longer than it may take to answer. */
  snapshot(): Promise<Snapshot> {
    if (this.#taking === undefined) {
      return this.#begin();
    }
    this.#next ??= this.#taking.then(rest, rest).then(() => {
      this.#next = undefined;
      return this.#begin();
    });
    return this.#next;
  }

  #begin(): Promise<Snapshot> {
    const taking = this.#take().finally(() => {
      this.#taking = undefined;
    });
    this.#taking = taking;
    return taking;
  }

  /** How many requests the edge has had, of all kinds. Costs less than a snapshot. Undefined: it does not answer. */
  async requestCount(): Promise<number | undefined> {
    const { answered, reports } = await this.#parts.edge.reports.ask();
    return answered === 0 ? undefined : reports.at(-1)?.traffic.requests;
  }

  async #take(): Promise<Snapshot> {
    const { server, edge, fleet, nowMs, clock, besideOf } = this.#parts;
    const answer = await edge.reports.ask();
    return assembleSnapshot({
      facts: this.#facts,
      fleet: fleet(),
      history: this.#history,
      answer,
      edge: { pid: edge.pid, threads: server.model.edge.threads },
      apps: server.model.apps,
      listeners: this.#listeners(),
      takenAtMs: clock.nowMs(),
      nowMs: nowMs(),
      memoryOf: readProcessMemory,
      besideOf,
    });
  }

  #listeners(): ListenerSnapshot[] {
    const { listeners, model } = this.#parts.server;
    const queues = readQueues();
    const all = allListeners(model);
    const queueMax = readQueueMax();
    return listeners.map((bound) => ({
      address: bound.kind === 'unix' ? bound.path : renderHostPort(bound.address, bound.port),
      speaks: speaksOf(bound),
      queue: bound.kind === 'tcp' ? queueOf(bound, queues) : undefined,
      queueMax: Math.min(queueMax, all[bound.listener]?.backlog ?? 0),
    }));
  }
}

function rest(): Promise<void> {
  return new Promise((done) => setTimeout(done, SUPERVISOR_LIMITS.snapshotPauseMs));
}

function speaksOf({ isStream, isTls, speaks }: BoundListener): ListenerSnapshot['speaks'] {
  return isStream ? 'stream' : (speaks ?? (isTls ? 'https' : 'http'));
}
