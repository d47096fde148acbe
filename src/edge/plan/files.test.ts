import { deepEqual, equal, match } from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import type { Scope } from '../../config/model/scope.ts';
import { compileFileContent } from '../handlers/files/file-content.ts';
import { FileServer } from '../handlers/files/file-server.ts';
import { TemporarySite } from '../handlers/static/temporary-site.ts';
import type { FakeClientExchange } from './fake-client-exchange.ts';
import type { FakeModel } from './fake-site.ts';
import { FAKE_SCOPE, FakeSite, location } from './fake-site.ts';

type Ask = (request: Parameters<FakeSite['ask']>[0]) => Promise<FakeClientExchange>;

function serve(site: TemporarySite, model: FakeModel): Ask {
  const files = new FileServer({ clock: site.clock, log: site.log, disk: site.disk });
  const fake = new FakeSite(
    {
      types: [{ knowsRegistry: false, charset: '', types: { html: 'text/html', txt: 'text/plain' }, fallback: 'x/y' }],
      ...model,
    },
    {
      clock: site.clock,
      files,
      produceOf: (_, compilation) => compileFileContent(files, (template) => compilation.template(template)),
    },
  );
  return (request) => fake.ask(request).over;
}

function scope(site: TemporarySite, files: Partial<Scope['files']> = {}, rest: Partial<Scope> = {}): Partial<Scope> {
  return { files: { ...FAKE_SCOPE.files, path: site.root, ...files }, ...rest };
}

test('an index is found, and its location answers', async () => {
  using site = new TemporarySite();
  site.write('index.html', 'home');
  site.write('x/index.html', 'x');
  const ask = serve(site, { scopes: [scope(site)], locations: [location('/')] });
  for (const _ of ['from disk', 'from memory']) {
    const home = await ask('/?a=1');
    deepEqual([home.status, home.body, home.field('content-type')], [200, 'home', 'text/html']);
    equal((await ask('/x/')).body, 'x');
  }
});

test('a table of types goes before the registry, whose text types name a charset unless the scope converts to one', async () => {
  using site = new TemporarySite();
  for (const name of ['a.css', 'a.html', 'a.svg', 'a.what']) {
    site.write(name, 'x');
  }
  const types = [{ knowsRegistry: true, charset: 'utf-8', types: { html: 'own/html' }, fallback: 'x/y' }];
  const ask = serve(site, { types, scopes: [scope(site)], locations: [location('/')] });
  const typeOf = async (path: string) => (await ask(path)).field('content-type');
  equal(await typeOf('/a.css'), 'text/css; charset=utf-8');
  equal(await typeOf('/a.svg'), 'image/svg+xml');
  equal(await typeOf('/a.html'), 'own/html');
  equal(await typeOf('/a.what'), 'x/y');
  const charset = { charset: 'koi8-r', source: '', overridesContent: false, types: ['text/css'] };
  const convert = serve(site, { types, scopes: [scope(site, {}, { charset })], locations: [location('/')] });
  equal((await convert('/a.css')).field('content-type'), 'text/css; charset=koi8-r');
});

test('a folder without a slash is redirected to, to a whole URL if the scope wants it', async () => {
  using site = new TemporarySite();
  mkdirSync(site.path('a b'));
  const ask = serve(site, { scopes: [scope(site)], locations: [location('/')] });
  const redirect = await ask('/a%20b?q');
  deepEqual([redirect.status, redirect.field('location')], [301, 'http://example.org/a%20b/?q']);
  match(redirect.body, /301 Moved Permanently/);
});

test('try_files falls back to a named location, and an error page takes what is missing', async () => {
  using site = new TemporarySite();
  site.write('app.html', 'app');
  site.write('a.html', 'a');
  site.write('404.html', 'not here');
  const tryFiles = { paths: [[{ variable: 'uri' }]], last: { kind: 'uri', uri: '/app.html' } } as const;
  const pages = [{ statuses: [404], to: '/404.html', status: 'unchanged' }] as const;
  const ask = serve(site, {
    scopes: [scope(site, {}, { refusals: { ...FAKE_SCOPE.refusals, pages } }), scope(site, {}, { tryFiles })],
    locations: [location('/'), location('/try/', { scope: 1 })],
  });
  equal((await ask('/try/none')).body, 'app');
  const missing = await ask('/none');
  deepEqual([missing.status, missing.body, missing.field('content-type')], [404, 'not here', 'text/html']);
  const refused = await ask({
    path: '/a.html',
    fields: [
      ['If-Match', '"x"'],
      ['Host', 'x'],
    ],
  });
  equal(refused.status, 412);
});

test('ranges of what filters may change are cut by a filter', async () => {
  using site = new TemporarySite();
  site.write('a.txt', '0123456789');
  // An empty list of substitutions has no filter, but might have had one.
  const substitutions = { pairs: [], isOnce: true, keepsLastModified: false, types: [] };
  const ask = serve(site, { scopes: [scope(site, {}, { substitutions })], locations: [location('/')] });
  const part = await ask({
    path: '/a.txt',
    fields: [
      ['Range', 'bytes=2-4'],
      ['Host', 'x'],
    ],
  });
  deepEqual([part.status, part.body, part.field('content-range')], [206, '234', 'bytes 2-4/10']);
  const bad = await ask({
    path: '/a.txt',
    fields: [
      ['Range', 'bytes=20-'],
      ['Host', 'x'],
    ],
  });
  deepEqual([bad.status, bad.field('content-range')], [416, 'bytes */10']);
});
