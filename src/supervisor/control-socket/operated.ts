import type { AppId } from '../../config/model/app.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { AppHost } from '../children/app-host.ts';
import type { FleetCommand, ServerFleet } from '../fleet/fleet-types.ts';
import type { LogRing } from '../log/log-ring.ts';
import type { PreparedServer } from '../prepare.ts';
import type { Reloads } from '../reloads.ts';

/** As much of the supervisor as commands have to do with. */
export interface Operated {
  readonly fleet: ServerFleet;
  readonly reloads: Pick<Reloads, 'begin' | 'last'>;
  command(command: FleetCommand): void;
  stop(isQuick: boolean, why: string): void;
  readonly hostOf: (app: AppId) => AppHost | undefined;
  /** 0 while there is none. */
  readonly edgePid: number;
  /** Called after each step of the fleet. Returns what ends it. */
  watch(look: () => void): () => void;
}

export interface OperationsParts {
  readonly server: PreparedServer;
  readonly supervisor: Operated;
  readonly ring: LogRing;
  readonly clock: Clock;
}
