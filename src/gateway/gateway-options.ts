/** What a gateway is made of, whatever it is that its workers run. */

import type { Clock } from '../kernel/clock.ts';
import type { WorkerCounted } from '../protocol/control/report.ts';
import type { WebSocketRules } from '../protocol/http/exchange.ts';
import type { MemoryBudgets } from '../relay/memory-budget.ts';
import type { Overload } from '../relay/overload.ts';
import type { SpoolSpace } from '../relay/spool/spool-space.ts';
import type { Board } from './lanes/board.ts';
import type { NamedFileSender } from './named-file-sender.ts';
import type { StuckRequest } from './stuck-request.ts';
import type { UnitTables } from './unit-tables.ts';
import type { WorkerTally } from './worker-tally.ts';

export interface GatewaySettings {
  readonly timeoutMs: number;
  readonly queueMax: number;
  readonly queueTimeoutMs: number;
  readonly bodyBytesMax: number;
  /** Keeps the times of each request, for an access log that has them. */
  readonly keepsTimes: boolean;
  /** For a handshake of a WebSocket the worker is to dial a tunnel; otherwise it is a request like others. */
  readonly takesWebSockets: boolean;
  readonly webSockets: WebSocketRules;
  /** How long a worker that drains keeps connections that its application has taken over. */
  readonly tunnelDrainMs: number;
}

export interface GatewayOptions {
  readonly settings: GatewaySettings;
  readonly clock: Clock;
  readonly space: SpoolSpace;
  readonly memory: MemoryBudgets;
  readonly overload: Overload;
  readonly namedFiles?: NamedFileSender;
  readonly board: Board;
  readonly units: UnitTables;
  readonly tally: WorkerTally;
  readonly firstStream: number;
  /** Edge threads that share the units. */
  readonly threads: number;
  log(level: 'info' | 'warning' | 'error', text: string): void;
  onStuck(stuck: StuckRequest): void;
  /** An error of ours in one request or lane, which ends by it. */
  onBug(what: string, error: unknown): void;
  /** Nothing is left on the lanes of a worker that is no longer active, but what was reported stuck. */
  onQuiet(worker: number): void;
  /** A worker is gone, and these were its sums. */
  onCounted(worker: number, units: WorkerCounted['units']): void;
  /** How many requests wait in this thread. */
  onWaiting(count: number): void;
  /** Requests wait in other threads too. */
  othersWait(): boolean;
  /** A unit may have room that this thread leaves to others. */
  onRoom(): void;
}
