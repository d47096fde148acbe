// Error logs of sites and locations are there, and written, whoever the server runs as: root makes them in a folder in which that user may make nothing.

import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ServerModel } from '../../src/config/model/server-model.ts';
import { plainModel, serveModelOf } from './model-server.ts';
import { until } from './waiting.ts';

function modelOf(folder: string): ServerModel {
  const model = plainModel(folder);
  const [site] = model.sites;
  const [plain] = model.scopes;
  assert.ok(site !== undefined && plain !== undefined);
  const isRoot = process.getuid?.() === 0;
  chmodSync(folder, 0o755);
  const path = join(folder, 'site.log');
  return {
    ...model,
    apps: [],
    process: { ...model.process, user: isRoot ? 'nobody' : '' },
    scopes: [
      {
        ...plain,
        errorLogs: [{ sink: { kind: 'file', path }, level: 'error' }],
        access: { satisfies: 'all', addresses: [{ allows: false, from: 'all' }], delayMs: 0 },
      },
    ],
    sites: [{ ...site, content: { kind: 'files' } }],
  };
}

test('a refusal stands in the error log of its site', async () => {
  await using server = await serveModelOf(modelOf);
  assert.equal((await server.ask('/')).status, 403);
  const refusal = /\[error\] .* access forbidden by rule, client: 127\.0\.0\.1/;
  await until('the line is there', () => refusal.test(readFileSync(join(server.folder, 'site.log'), 'latin1')));
});
