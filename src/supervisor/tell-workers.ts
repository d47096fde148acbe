import type { ServerFleet } from './fleet/fleet-types.ts';
import type { Log } from './log/log.ts';

/** What is known of the workers, into the log: in place of the table that uWSGI writes there. */
export function tellWorkers({ apps }: Pick<ServerFleet, 'apps'>, nowMs: number, log: Pick<Log, 'say'>): void {
  for (const [id, { workers, target }] of apps) {
    log.say('info', `${id}: ${target} worker${target === 1 ? '' : 's'} wanted`);
    for (const { name, pid, state, sinceMs } of workers.values()) {
      log.say('info', `worker ${name} (pid ${pid}) is ${state} since ${Math.round((nowMs - sinceMs) / 1000)} s`);
    }
  }
}
