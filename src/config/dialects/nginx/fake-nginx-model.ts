/** The model of a few directives, for tests. */

import assert from 'node:assert/strict';
import type { ServerModel } from '../../model/server-model.ts';
import { readServeRequest } from '../../read.ts';
import { serveModel } from '../../serve-model.ts';
import { readText } from './fake-files.ts';
import { modelOfNginx } from './nginx-model.ts';
import type { NginxSurroundings } from './surroundings.ts';

export const FAKE_SURROUNDINGS: NginxSurroundings = {
  prefix: '/srv/',
  confPrefix: '/etc/nginx/',
  errorLog: '',
  accessLog: '',
  coreCount: 4,
  isRoot: false,
  hostname: 'Box',
  accounts: { hasUser: () => true, hasGroup: () => true },
  title: 'nginx',
};
const { request } = readServeRequest([], { env: {}, coreCount: 4, memoryBytes: 1 });
assert.ok(request !== undefined);
const DEFAULTS = serveModel(request, '/');

/** `http`: what stands in its block; `main`: what stands before it. */
export function fakeNginxModel(http: string, main = ''): ServerModel {
  const { draft } = readText(`${main} events {} http { ${http} }`);
  return modelOfNginx(draft, FAKE_SURROUNDINGS, DEFAULTS, (_code, _place, message) => assert.fail(message));
}
