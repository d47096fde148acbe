// A server without an application: its edge serves what needs none, and it starts, reloads and ends as any other.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerModel } from '../../src/config/model/server-model.ts';
import { plainModel, serveModelOf } from './model-server.ts';
import { descendants } from './processes.ts';

function withoutApps(folder: string): ServerModel {
  const model = plainModel(folder);
  return {
    ...model,
    apps: [],
    sites: model.sites.map((site) => ({ ...site, content: { kind: 'files' } })),
    scopes: model.scopes.map((scope) => ({ ...scope, files: { ...scope.files, path: folder } })),
  };
}

test('a server without an application is its edge, and is ready when that listens', async () => {
  await using server = await serveModelOf(withoutApps, { 'page.txt': 'a page' });
  assert.deepEqual(
    descendants(server.pid).map(({ command }) => command.trim()),
    ['portico: edge'],
  );
  assert.equal((await server.ask('/page.txt')).body, 'a page');
  process.kill(server.pid, 'SIGHUP');
  await server.logged(/there is no application to load again/);
  process.kill(server.pid, 'SIGTERM');
  assert.equal(await server.exit, 0);
  assert.doesNotMatch(server.log, /WARNING|ERROR/);
});

test('its edge is started again when it has ended', async () => {
  await using server = await serveModelOf(withoutApps, { 'page.txt': 'a page' });
  const [edge] = descendants(server.pid);
  assert.ok(edge);
  process.kill(edge.pid, 'SIGKILL');
  await server.logged(/the edge process was killed .*it is started again/);
  assert.equal((await server.ask('/page.txt')).body, 'a page');
});
