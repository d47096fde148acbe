import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readServeRequest } from '../config/read.ts';
import { appMounts, explicitMounts } from './static-mounts.ts';

const FACTS = {
  app: 'a',
  interface: 'wsgi',
  framework: null,
  frameworkVersion: null,
  static: [{ url: '/static/', root: '/srv/static', hashed: true }],
  media: [
    { url: '/media/', root: '/srv/media' },
    { url: '/gone/', root: '/srv/gone' },
  ],
  debug: null,
  allowedHosts: null,
  warnings: [],
};

function model(...args: string[]) {
  const { request } = readServeRequest(args, { env: {}, coreCount: 2 });
  assert.ok(request);
  return request.model;
}

test('appMounts() leaves out what is not there, what was given by hand, and all if told so', () => {
  const exists = (path: string) => path !== '/srv/gone';
  assert.deepEqual(
    appMounts(model(), FACTS, exists).map(({ url, hashed }) => [url, hashed]),
    [
      ['/static/', true],
      ['/media/', false],
    ],
  );
  assert.deepEqual(
    appMounts(model('--static', '/static/=other'), FACTS, exists).map(({ url }) => url),
    ['/media/'],
  );
  assert.deepEqual(appMounts(model('--no-static'), FACTS, exists), []);
  assert.deepEqual(
    explicitMounts(model('--static', '/s=dir'), (path) => `/cwd/${path}`),
    [{ url: '/s/', root: '/cwd/dir', hashed: false }],
  );
});
