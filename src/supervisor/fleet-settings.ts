import type { App } from '../config/model/app.ts';
import type { FleetSettings } from './fleet/fleet-types.ts';
import type { PreparedServer } from './prepare.ts';

/** What the fleet of an application goes by. */
export function fleetSettings({ model, slotsMax }: PreparedServer, app: App): FleetSettings {
  const isDevelopment = model.development !== undefined;
  return {
    workers: app.workers,
    threads: app.threads,
    // gevent changes the standard library under the application, which the zygote must be spared: each worker loads it.
    preload: app.workerClass === 'gevent' ? 'never' : app.preload,
    workerClass: app.workerClass,
    slotsMax,
    startTimeoutMs: app.timeouts.startMs,
    edgeTimeoutMs: model.edge.silenceMs,
    gracefulTimeoutMs: app.timeouts.gracefulMs,
    // A developer who has changed the code wants to talk to the new version, not to keep a page on the old one.
    drainTimeoutMs: isDevelopment ? 0 : app.timeouts.drainMs,
    timeoutMs: app.timeouts.requestMs,
    maxAgeMs: app.recycling.ageMsMax,
    isDevelopment,
  };
}
