import type { App } from '../config/model/app.ts';
import type { ServerModel } from '../config/model/server-model.ts';

/** How the log calls what belongs to an application. The one application of a server needs no name. */
export interface LogNames {
  /** The process that loads it. */
  readonly zygote: string;
  /** Stands before the names of its workers. */
  readonly workers: string;
  /** Stands before a line about it. */
  readonly line: string;
}

export function logNames({ id }: App, { apps }: ServerModel): LogNames {
  return apps.length > 1
    ? { zygote: id, workers: `${id}:`, line: `${id}: ` }
    : { zygote: 'app', workers: '', line: '' };
}
