import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readServeRequest } from '../config/read.ts';
import { serveModel } from '../config/serve-model.ts';
import { fakeAppFacts } from './fake-app-facts.ts';
import { appFolders, contentsOf, withheldFolders } from './static-mounts.ts';

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

function contents(...args: string[]) {
  const { request } = readServeRequest(args, { env: {}, coreCount: 2 });
  assert.ok(request);
  return contentsOf(serveModel(request, '/cwd'), 'site');
}

test('appFolders() leaves to the application what its folders do not hold, and links to what its framework was told', () => {
  assert.deepEqual(appFolders(contents(), FACTS), [
    { url: '/static/', root: '/srv/static', hashed: true, missing: 'next', links: 'anywhere', asked: ASKED },
    { url: '/static/pre/', root: '/srv/pre', hashed: false, missing: 'next', links: 'anywhere', asked: ASKED },
    { url: '/media/', root: '/srv/media', hashed: false, missing: 'next', links: 'inside', asked: [] },
  ]);
  assert.deepEqual(appFolders(contents('--no-static'), FACTS), []);
  assert.deepEqual(withheldFolders(contents(), FACTS), FACTS.withheld);
  assert.deepEqual(withheldFolders(contents('--no-static'), FACTS), []);
});

test("a folder given by hand is the edge's with all that is below its URL", () => {
  const byHand = contents('--static', '/static/=other');
  assert.deepEqual(
    appFolders(byHand, FACTS).map(({ url }) => url),
    ['/media/'],
  );
  assert.deepEqual(
    withheldFolders(byHand, FACTS).map(({ url }) => url),
    ['/files/'],
  );
});

test('contentsOf() finds an application in sites and in locations below them', () => {
  const { request } = readServeRequest([], { env: {}, coreCount: 2 });
  assert.ok(request);
  const model = serveModel(request, '/cwd');
  const [site] = model.sites;
  assert.ok(site);
  const location = {
    ...site,
    match: { kind: 'prefix' as const, text: '/' },
    isInternal: false,
    redirectsToSlash: false,
  };
  const nested = { ...model, sites: [{ ...site, content: { kind: 'files' as const }, locations: [location] }] };
  assert.equal(contentsOf(nested, 'site').length, 1);
  assert.equal(contentsOf(nested, 'other').length, 0);
});
