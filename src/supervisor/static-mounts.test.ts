import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readServeRequest } from '../config/read.ts';
import { fakeAppFacts } from './fake-app-facts.ts';
import { appMounts, explicitMounts, explicitNamedFolders, withheldFolders } from './static-mounts.ts';

const ASKED = [{ prefix: '/static/js/', suffix: '.js', spans: 'word' as const }];
const FACTS = fakeAppFacts({
  static: [
    { url: '/static/', root: '/srv/static', hashed: true, links: true, asked: ASKED },
    { url: '/static/pre/', root: '/srv/pre', hashed: false, links: true, asked: ASKED },
  ],
  media: [{ url: '/media/', root: '/srv/media', links: false, asked: [] }],
  withheld: [
    { url: '/files/', reason: 'it has before_request functions' },
    { url: '/static/own/', reason: 'it has before_request functions' },
  ],
});

function model(...args: string[]) {
  const { request } = readServeRequest(args, { env: {}, coreCount: 2 });
  assert.ok(request);
  return request.options;
}

test('appMounts() leaves to the application what its folders do not hold, and links to what its framework was told', () => {
  assert.deepEqual(appMounts(model(), FACTS), [
    { url: '/static/', root: '/srv/static', hashed: true, missing: 'next', links: 'anywhere', asked: ASKED },
    { url: '/static/pre/', root: '/srv/pre', hashed: false, missing: 'next', links: 'anywhere', asked: ASKED },
    { url: '/media/', root: '/srv/media', hashed: false, missing: 'next', links: 'inside', asked: [] },
  ]);
  assert.deepEqual(appMounts(model('--no-static'), FACTS), []);
  assert.deepEqual(withheldFolders(model(), FACTS), FACTS.withheld);
  assert.deepEqual(withheldFolders(model('--no-static'), FACTS), []);
});

test("a folder given by hand is the edge's with all that is below its URL", () => {
  const byHand = model('--static', '/static/=other');
  assert.deepEqual(
    appMounts(byHand, FACTS).map(({ url }) => url),
    ['/media/'],
  );
  assert.deepEqual(
    withheldFolders(byHand, FACTS).map(({ url }) => url),
    ['/files/'],
  );
  assert.deepEqual(
    explicitMounts(model('--static', '/s=dir'), (path) => `/cwd/${path}`),
    [{ url: '/s/', root: '/cwd/dir', hashed: false, missing: 'refuse', links: 'inside', asked: [] }],
  );
});

test('explicitNamedFolders() are those of X-Accel-Redirect, by URL, and of X-Sendfile, by path', () => {
  const given = model('--x-accel', '/protected=private', '--x-sendfile', '/srv/a', '--x-sendfile', 'b');
  assert.deepEqual(
    explicitNamedFolders(given, (path) => (path.startsWith('/') ? path : `/cwd/${path}`)),
    [
      { url: '/protected/', root: '/cwd/private' },
      { url: '', root: '/srv/a' },
      { url: '', root: '/cwd/b' },
    ],
  );
});
