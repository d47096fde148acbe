import type { App, Scaling } from '../../config/model/app.ts';

const USUAL: Omit<Scaling, 'idleMs'> = {
  workersInitial: 0,
  step: 1,
  quietMs: 10_000,
  busyMax: 0.75,
  startsCheap: false,
  endsIdle: false,
};

export function hasScaling({ workers, workersMin, idleMs, scaling }: App): boolean {
  return (workersMin > 0 && workersMin < workers) || idleMs > 0 || scaling?.startsCheap === true;
}

export function scalingOf({ idleMs, scaling }: App): Scaling {
  return { ...USUAL, idleMs, ...scaling };
}

/** How many workers the application is started with. */
export function workersAtStart(app: App): number {
  const { workers, workersMin } = app;
  if (workersMin === 0 || workersMin >= workers) {
    return workers;
  }
  return Math.min(workers, Math.max(workersMin, scalingOf(app).workersInitial));
}
