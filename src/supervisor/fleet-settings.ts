import type { App } from '../config/model/app.ts';
import type { ServerModel } from '../config/model/server-model.ts';
import type { AppSettings, ServerSettings } from './fleet/fleet-types.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import { logNames } from './log-names.ts';
import { workersAtStart } from './scaling/scaling-of.ts';
import { SlotRanges } from './slot-ranges.ts';

/** What the fleet goes by, of the whole server. */
export function serverSettings({ edge }: ServerModel): ServerSettings {
  return { startTimeoutMs: edge.startMs, edgeTimeoutMs: edge.silenceMs, gracefulTimeoutMs: edge.gracefulMs };
}

/** … and of each application. */
export function appSettings(model: ServerModel, slots: SlotRanges): AppSettings[] {
  return model.apps.map((app) => settingsOf(app, model, slots.firstOf(app.id)));
}

/** Slots for the applications of the start, and for those that reloads bring. */
export function newSlots({ apps }: ServerModel): SlotRanges {
  const atStart = apps.reduce((sum, app) => sum + slotsMaxOf(app), 0);
  const slots = new SlotRanges(2 * atStart + SUPERVISOR_LIMITS.slotsReserve);
  for (const app of apps) {
    slots.take(app.id, slotsMaxOf(app));
  }
  return slots;
}

/** Twice as many workers as are asked for can be there at once, and as many again be added. */
export function slotsMaxOf({ workers, threads }: App): number {
  return Math.max(SUPERVISOR_LIMITS.slotsLeast, 4 * workers * threads);
}

function settingsOf(app: App, model: ServerModel, firstSlot: number): AppSettings {
  const { edge, development } = model;
  const isDevelopment = development !== undefined;
  return {
    id: app.id,
    namePrefix: logNames(app, model).workers,
    firstSlot,
    workers: workersAtStart(app),
    threads: app.threads,
    preload: preloadOf(app),
    workerClass: app.workerClass,
    slotsMax: slotsMaxOf(app),
    startTimeoutMs: app.timeouts.startMs,
    edgeTimeoutMs: edge.silenceMs,
    gracefulTimeoutMs: app.timeouts.gracefulMs,
    // A developer who has changed the code wants to talk to the new version, not to keep a page on the old one.
    drainTimeoutMs: isDevelopment ? 0 : app.timeouts.drainMs,
    timeoutMs: app.timeouts.requestMs,
    maxAgeMs: app.recycling.ageMsMax,
    isDevelopment,
    ...(model.process.manner === 'uwsgi' ? { saysHarakiri: true } : {}),
    hasHooks: app.gunicorn !== undefined,
  };
}

/** gevent changes the standard library under the application, which the zygote must be spared: each worker loads it. So it does where gunicorn's hooks are to be called before, as `post_fork` is there. */
function preloadOf({ workerClass, preload, gunicorn }: App): App['preload'] {
  const hasHooks = gunicorn !== undefined && gunicorn.hooks.length > 0;
  return workerClass === 'gevent' || (hasHooks && preload === 'auto') ? 'never' : preload;
}
