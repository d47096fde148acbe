import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { test } from 'node:test';
import type { Template } from '../../../config/model/template.ts';
import { TemporarySite } from '../static/temporary-site.ts';
import { FakeFiles } from './fake-location.ts';

const URI: Template = [{ variable: 'uri' }];
const FOLDER: Template = [{ variable: 'uri' }, '/'];

test('try_files takes the first file or folder that there is', async () => {
  using site = new TemporarySite();
  site.write('a.html', 'a');
  mkdirSync(site.path('folder'));
  const files = new FakeFiles(site);
  for (const _ of ['from disk', 'from memory']) {
    assert.equal(await files.try('/a.html', [URI, FOLDER], 404), '/a.html');
    assert.equal(await files.try('/folder', [URI, FOLDER], 404), '/folder');
    assert.equal(await files.try('/folder', [URI], 404), 404);
    assert.equal(await files.try('/none', ['/none', '/a.html'], 404), '/a.html');
    assert.equal(await files.try('/', [URI], '@app'), '-> @app');
  }
});

test('try_files goes to the last where there is none', async () => {
  using site = new TemporarySite();
  const files = new FakeFiles(site);
  assert.equal(await files.try('/none', [URI], '/index.html?a=1'), '-> /index.html?a=1');
  assert.equal(await files.try('/none', [URI], '/index.html'), '-> /index.html');
  assert.equal(await files.try('/none', [URI], '@named'), '-> @named');
  assert.equal(await files.try('/none', [URI, FOLDER], 418), 418);
});

test('try_files finds nothing outside the root for what a client has sent', async () => {
  using site = new TemporarySite();
  site.write('www/a.html', 'a');
  site.write('secret', 's');
  const sent = (page: string): FakeFiles =>
    new FakeFiles(site, { files: { path: site.path('www') }, variables: { page } });
  const paths: readonly Template[] = [['/', { variable: 'page' }]];
  assert.equal(await sent('a.html').try('/', paths, 404), '/a.html');
  assert.equal(await sent('../secret').try('/', paths, 404), 404);
  assert.equal(await sent('x/../../secret').try('/', paths, 404), 404);
  // The configuration itself may say so.
  assert.equal(await sent('').try('/', ['/../secret'], 404), '/../secret');
});

test('try_files finds what cannot be opened, which is refused afterwards', async () => {
  using site = new TemporarySite();
  site.write('a.html', 'a');
  site.failing.set('open', 'EACCES');
  assert.equal(await new FakeFiles(site).try('/a.html', [URI], 404), '/a.html');
  site.failing.clear();
  site.failing.set('stat', 'EACCES');
  assert.equal(await new FakeFiles(site).try('/a.html', [URI], 404), 404);
});

test('try_files passes over links that are not followed', async () => {
  using site = new TemporarySite();
  site.write('a.html', 'a');
  mkdirSync(site.path('folder'));
  symlinkSync('a.html', site.path('link.html'));
  symlinkSync('folder', site.path('link'));
  const files = new FakeFiles(site, { files: { symlinks: { kind: 'none', from: undefined } } });
  assert.equal(await files.try('/link.html', [URI, '/a.html'], 404), '/a.html');
  assert.equal(await files.try('/link', [FOLDER], 404), 404);
  assert.equal(await files.try('/folder', [FOLDER], 404), '/folder');
});

test('try_files looks below an alias, for the path without its prefix', async () => {
  using site = new TemporarySite();
  site.write('x/a.html', 'a');
  site.write('x/default.html', 'd');
  const files = new FakeFiles(site, { text: '/i/', files: { kind: 'alias', path: `${site.path('x')}/` } });
  assert.equal(await files.try('/i/a.html', [URI], 404), '/i/a.html');
  assert.equal(await files.try('/i/none', [URI, 'default.html'], 404), '/i/default.html');
});

test('try_files looks behind the alias of a regex', async () => {
  using site = new TemporarySite();
  site.write('x/a.html', 'a');
  const files = new FakeFiles(site, {
    kind: 'regex',
    files: { kind: 'alias', path: [{ variable: 'base' }] },
    variables: { base: site.path('x') },
  });
  assert.equal(await files.try('/whatever', ['/a.html'], 404), '/a.html');
  assert.equal(await files.try('/whatever', ['/none'], 404), 404);
});

test('what try_files has found is not looked for again', async () => {
  using site = new TemporarySite();
  site.write('a.html', 'a');
  const files = new FakeFiles(site);
  await files.try('/a.html', [URI], 404);
  const calls = site.calls.length;
  const answer = await files.get('/a.html');
  assert.ok(typeof answer === 'object');
  assert.deepEqual([answer.body, site.calls.length], ['a', calls]);
});
