/** What a file need not say. */

import type { ServerModel } from '../../config/model/server-model.ts';
import { readServeRequest } from '../../config/read.ts';
import { serveModel } from '../../config/serve-model.ts';
import type { Machine } from '../../config/setting.ts';

/** What `portico serve` would run without a word: the file says what is different. Its variables of the environment do not count here. */
export function defaultModel(machine: Machine, cwd: string): ServerModel {
  const { request } = readServeRequest([], { ...machine, env: {} });
  if (request === undefined) {
    throw new Error('the settings have no defaults');
  }
  return serveModel(request, cwd);
}
