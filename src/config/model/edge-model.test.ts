import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readServeRequest } from '../read.ts';
import { serveModel } from '../serve-model.ts';
import { edgeModel } from './edge-model.ts';

test('the edge is told nothing that is secret, and nothing that it has no use for', () => {
  const args = [
    'a:b',
    '--env',
    'SECRET_KEY=hush',
    '--certfile',
    '/c.pem',
    '--keyfile',
    '/hidden/k.pem',
    '--env-file',
    '/x',
  ];
  const { request } = readServeRequest(args, { env: { PORTICO_KEYFILE_PASSWORD: 'sesame' }, coreCount: 2 });
  assert.ok(request);
  const model = serveModel(request, '/');
  assert.equal(model.certificates[0]?.password, 'sesame');
  const told = JSON.stringify(edgeModel(model));
  assert.doesNotMatch(told, /SECRET_KEY|hush|sesame|hidden|envFile|pidFile/);
  assert.deepEqual(
    edgeModel(model).apps.map(({ id }) => id),
    ['site'],
  );
  assert.equal(edgeModel(model).isDevelopment, false);
  assert.equal(edgeModel({ ...model, development: { folders: [], includes: [], excludes: [] } }).isDevelopment, true);
});
