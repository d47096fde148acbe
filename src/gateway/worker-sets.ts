/** The `workers` message (protocol/control/edge.ts), as sets. */
export interface WorkerSets {
  readonly interface: 'wsgi' | 'asgi' | 'gevent' | undefined;
  readonly active: ReadonlySet<number>;
  readonly draining: ReadonlySet<number>;
  readonly closing: ReadonlySet<number>;
  readonly gone: readonly number[];
}

export const NO_WORKERS: WorkerSets = {
  interface: undefined,
  active: new Set(),
  draining: new Set(),
  closing: new Set(),
  gone: [],
};
