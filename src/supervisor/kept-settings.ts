/** What a reload of the configuration does not change: what a running server is made of. */

import type { ServerModel } from '../config/model/server-model.ts';
import { isEqual } from '../kernel/is-equal.ts';

export interface KeptSettings {
  /** The new model, with what stays as it was. */
  readonly model: ServerModel;
  /** What takes effect only with the next start, a sentence each. */
  readonly notes: readonly string[];
}

export function keepWhatStays(before: ServerModel, after: ServerModel): KeptSettings {
  const changed = [
    ...(isSameUser(before, after) ? [] : ['the user and the group']),
    ...(isEqual(before.process, { ...after.process, ...userOf(before), title: before.process.title })
      ? []
      : ['the files and the log of the process']),
    ...(isEqual({ ...before.edge, ...liveOf(after) }, after.edge) ? [] : ['the threads and limits of the edge']),
    ...(isEqual(before.development, after.development) ? [] : ['what is watched']),
  ];
  return {
    model: {
      ...after,
      process: before.process,
      edge: { ...before.edge, ...liveOf(after) },
      ...developmentOf(before),
    },
    notes: changed.map((what) => `${what} are changed by the next start: they stay as they are`),
  };
}

/** What of the edge can be changed while it runs. */
function liveOf({ edge }: ServerModel): Partial<ServerModel['edge']> {
  const { connectionsMax, connectionsPerAddressMax, gracefulMs } = edge;
  return { connectionsMax, connectionsPerAddressMax, gracefulMs };
}

function userOf({ process: { user, group } }: ServerModel): Pick<ServerModel['process'], 'user' | 'group'> {
  return { user, group };
}

function isSameUser(before: ServerModel, after: ServerModel): boolean {
  return isEqual(userOf(before), userOf(after));
}

function developmentOf({ development }: ServerModel): Pick<ServerModel, 'development'> {
  return development === undefined ? {} : { development };
}
