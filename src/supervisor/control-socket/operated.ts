import type { AppId } from '../../config/model/app.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { AppHost } from '../children/app-host.ts';
import type { FleetEvent, ServerFleet } from '../fleet/fleet-types.ts';
import type { LogRing } from '../log/log-ring.ts';
import type { PreparedServer } from '../prepare.ts';
import type { Reloads } from '../reloads.ts';
import type { SignalCommand } from '../signals.ts';
import type { Status } from '../status/status.ts';

/** As much of the supervisor as commands have to do with. */
export interface Operated {
  readonly fleet: ServerFleet;
  readonly status: Pick<Status, 'requestCount' | 'snapshot'>;
  readonly reloads: Pick<Reloads, 'ask' | 'begin' | 'last'>;
  command(command: FleetEvent): void;
  obey(command: SignalCommand, signal: NodeJS.Signals): void;
  stop(isQuick: boolean, why: string): void;
  readonly hostOf: (app: AppId) => AppHost | undefined;
  /** Called after each step of the fleet. Returns what ends it. */
  watch(look: () => void): () => void;
}

export interface OperationsParts {
  readonly server: PreparedServer;
  readonly supervisor: Operated;
  readonly ring: LogRing;
  readonly clock: Clock;
}
