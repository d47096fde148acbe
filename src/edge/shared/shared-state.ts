/** What edge threads see of one another: counters in shared memory, nothing else. */

import type { AppId } from '../../config/model/app.ts';
import type { EdgeModel } from '../../config/model/server-model.ts';
import type { UnitTables } from '../../gateway/unit-tables.ts';
import { newMemoryCounter } from '../../relay/memory-budget.ts';
import { newOverloadCounters } from '../../relay/overload.ts';
import { newSpoolCounters } from '../../relay/spool/spool-space.ts';
import { newPeerMemory } from '../../upstream/peers/peer-memory.ts';
import { newConnectionCounters } from '../connections/connection-table.ts';
import type { ZoneMemory } from '../pipeline/zones.ts';
import { newZoneMemory, zonesOf } from '../pipeline/zones.ts';
import { newTableMemory, SESSIONS, STATUSES } from './expiring-table.ts';
import { newTrafficRows } from './traffic.ts';

/** The queues of one application. */
export interface QueueTables {
  /** Requests that wait for a worker, by thread. */
  readonly waiting: Int32Array;
  /** 1: the thread has been told of room on a unit, and has not looked yet. */
  readonly told: Int32Array;
}

export interface SharedState {
  readonly units: UnitTables;
  /** By application. Those that a later plan brings are added in each thread. */
  readonly queues: Map<AppId, QueueTables>;
  readonly connections: Int32Array;
  readonly traffic: Float64Array;
  /** Requests that were refused and are not in the log yet. */
  readonly overload: Int32Array;
  /** Blocks of disk in spool files. */
  readonly spooled: Int32Array;
  /** Memory that bodies and messages of WebSockets hold. */
  readonly bodyMemory: Int32Array;
  readonly wsMemory: Int32Array;
  readonly zones: ZoneMemory;
  /** What is known of servers behind this one. */
  readonly peers: SharedArrayBuffer;
  /** Sessions of TLS. */
  readonly sessions: SharedArrayBuffer;
  /** What authorities have said of the certificates of clients. */
  readonly statuses: SharedArrayBuffer;
}

export function newSharedState(slotsMax: number, model: EdgeModel): SharedState {
  const { edge, apps } = model;
  const { threads } = edge;
  return {
    units: { loads: shared(slotsMax), progressUs: shared(slotsMax), webSockets: shared(slotsMax) },
    queues: new Map(apps.map(({ id }) => [id, newQueueTables(threads)])),
    connections: newConnectionCounters(),
    traffic: newTrafficRows(threads),
    overload: newOverloadCounters(),
    spooled: newSpoolCounters(),
    bodyMemory: newMemoryCounter(),
    wsMemory: newMemoryCounter(),
    zones: newZoneMemory(zonesOf(model)),
    peers: newPeerMemory(),
    sessions: newTableMemory(SESSIONS),
    statuses: newTableMemory(STATUSES),
  };
}

export function newQueueTables(threads: number): QueueTables {
  return { waiting: shared(threads), told: shared(threads) };
}

function shared(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(count * 4));
}

/** Another thread in which requests wait, or -1. */
export function waitingElsewhere(waiting: Int32Array, self: number): number {
  for (let step = 1; step < waiting.length; step += 1) {
    const other = (self + step) % waiting.length;
    if (Atomics.load(waiting, other) > 0) {
      return other;
    }
  }
  return -1;
}
