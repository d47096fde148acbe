/** Has the number of workers follow the load: asks the edge what they do, a few times a second, and tells the fleet what was decided. */

import type { App, AppId } from '../../config/model/app.ts';
import type { ServerModel } from '../../config/model/server-model.ts';
import type { AppFleet, FleetCommand, ServerFleet } from '../fleet/fleet-types.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { EdgeAnswer } from '../status/edge-reports.ts';
import type { ScalingBounds, ScalingMemory } from './decide-workers.ts';
import { decideWorkers, newMemory } from './decide-workers.ts';
import { hasScaling, scalingOf } from './scaling-of.ts';
import type { WorkMeter } from './work-meter.ts';
import { newMeter, readWork } from './work-meter.ts';

export interface WorkerScalingParts {
  readonly model: () => Pick<ServerModel, 'apps' | 'process'>;
  readonly fleet: () => Pick<ServerFleet, 'apps' | 'isStarted' | 'stop'>;
  readonly ask: () => Promise<EdgeAnswer>;
  readonly nowMs: () => number;
  readonly command: (command: FleetCommand) => void;
  readonly endIdle: (why: string) => void;
}

interface Kept {
  memory: ScalingMemory;
  meter: WorkMeter;
}

export class WorkerScaling {
  readonly #parts: WorkerScalingParts;
  readonly #kept = new Map<AppId, Kept>();

  constructor(parts: WorkerScalingParts) {
    this.#parts = parts;
  }

  /** `canChange`: a reload may bring applications whose workers follow the load. */
  start(canChange: boolean): void {
    const { apps, process } = this.#parts.model();
    if (!canChange && process.triggers === undefined && !apps.some(hasScaling)) {
      return;
    }
    const look = (): void => {
      void this.#look().then(() => setTimeout(look, this.#restMs).unref());
    };
    look();
  }

  /** A request that has all of its workers to start is not to wait for the next look besides. */
  get #restMs(): number {
    const isAsleep = [...this.#parts.fleet().apps.values()].some(({ target }) => target === 0);
    return isAsleep ? SUPERVISOR_LIMITS.scalingAsleepMs : SUPERVISOR_LIMITS.scalingEveryMs;
  }

  async #look(): Promise<void> {
    const { model, fleet, ask } = this.#parts;
    // Where workers were let go by hand they come back with the next request.
    const apps = model().apps.filter((app) => hasScaling(app) || fleet().apps.get(app.id)?.target === 0);
    if (apps.length === 0 || !fleet().isStarted || fleet().stop !== undefined) {
      return;
    }
    const answer = await ask();
    // Without the edge's word nothing is known of the work.
    if (answer.answered > 0 && fleet().stop === undefined) {
      for (const app of apps) {
        const known = fleet().apps.get(app.id);
        if (known !== undefined) {
          this.#decide(app, known, answer);
        }
      }
    }
  }

  #decide(app: App, fleet: AppFleet, answer: EdgeAnswer): void {
    const { nowMs, command, endIdle } = this.#parts;
    const bounds = boundsOf(app, fleet);
    const kept = this.#keptOf(app, bounds);
    const active = [...fleet.workers.values()].filter(
      ({ generation, state }) => generation === fleet.current && state === 'ready',
    );
    const [meter, work] = readWork(kept.meter, { answer, app, workers: active, nowMs: nowMs() });
    kept.meter = meter;
    // What is loaded is waited for, and must be seen to run.
    const isActive = work.isActive || fleet.next !== undefined;
    const sample = { ...work, isActive, atMs: nowMs(), ready: active.length, target: fleet.target };
    const [memory, decision] = decideWorkers(kept.memory, sample, bounds);
    kept.memory = memory;
    if (decision.kind === 'set') {
      command({ kind: 'scale-app', app: app.id, workers: decision.workers, why: decision.why });
    } else if (decision.kind === 'end') {
      endIdle(`nothing was asked for ${bounds.rules.idleMs / 1000} s`);
    }
  }

  #keptOf({ id }: App, { rules }: ScalingBounds): Kept {
    const kept = this.#kept.get(id) ?? { memory: newMemory(this.#parts.nowMs(), rules), meter: newMeter() };
    this.#kept.set(id, kept);
    return kept;
  }
}

/** A worker that no other can be beside is alone, and an event loop or a worker of greenlets is one unit. */
function boundsOf(app: App, { isAlone }: AppFleet): ScalingBounds {
  const workersMax = isAlone ? 1 : app.workers;
  return {
    workersMin: app.workersMin === 0 ? workersMax : Math.min(app.workersMin, workersMax),
    workersMax,
    threads: app.threads,
    rules: scalingOf(app),
  };
}
