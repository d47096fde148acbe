import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { test } from 'node:test';
import { TemporarySite } from '../static/temporary-site.ts';
import { FakeFiles } from './fake-location.ts';

async function outcome(files: FakeFiles, path: string, request: object = {}): Promise<string | number> {
  const answered = await files.get(path, request);
  return typeof answered === 'string' ? answered : answered.status;
}

test('the first index that there is takes the place of its folder', async () => {
  using site = new TemporarySite();
  site.write('one/b.html', 'b');
  site.write('two/a.html', 'a');
  site.write('two/b.html', 'b');
  mkdirSync(site.path('three'));
  const files = new FakeFiles(site, { files: { index: ['a.html', 'b.html'] } });
  assert.equal(await outcome(files, '/one/', { query: 'x=1' }), '-> /one/b.html?x=1');
  assert.equal(await outcome(files, '/two/'), '-> /two/a.html');
  assert.equal(await outcome(files, '/two/', { method: 'POST' }), '-> /two/a.html');
  assert.equal(await outcome(files, '/three/'), 403);
  assert.equal(await outcome(files, '/none/'), 404);
  assert.equal(await outcome(files, '/two/a.html/'), 404);
  assert.deepEqual(files.said.slice(0, 1), [`error directory index of "${site.root}/three/" is forbidden`]);
});

test('an index that begins with a slash is gone to, whether it is there or not', async () => {
  using site = new TemporarySite();
  const files = new FakeFiles(site, { files: { index: ['a.html', '/other.html'] } });
  assert.equal(await outcome(files, '/', { query: 'q' }), '-> /other.html?q');
});

test('an index may be made of variables', async () => {
  using site = new TemporarySite();
  site.write('en.html', 'e');
  const index = [[{ variable: 'lang' }, '.html']];
  const files = (lang: string): FakeFiles => new FakeFiles(site, { files: { index }, variables: { lang } });
  assert.equal(await outcome(files('en'), '/'), '-> /en.html');
  assert.equal(await outcome(files('/abs'), '/'), '-> /abs.html');
  assert.equal(await outcome(files('xx'), '/'), 403);
});

test('an index that cannot be looked at is forbidden; one that cannot be opened is found, and refused where it is asked for', async () => {
  using site = new TemporarySite();
  site.write('index.html', 'x');
  site.failing.set('stat', 'EACCES');
  assert.equal(await outcome(new FakeFiles(site), '/'), 403);
  site.failing.clear();
  site.failing.set('open', 'EACCES');
  assert.equal(await outcome(new FakeFiles(site), '/'), '-> /index.html');
});

test('an index may be a folder', async () => {
  using site = new TemporarySite();
  mkdirSync(site.path('sub'));
  assert.equal(await outcome(new FakeFiles(site, { files: { index: ['sub'] } }), '/'), '-> /sub');
});

test('below an alias the path of the URL is kept', async () => {
  using site = new TemporarySite();
  site.write('x/index.html', 'i');
  const files = new FakeFiles(site, { text: '/i/', files: { kind: 'alias', path: `${site.path('x')}/` } });
  assert.equal(await outcome(files, '/i/'), '-> /i/index.html');
});

test('an index is looked for behind the alias of a regex', async () => {
  using site = new TemporarySite();
  site.write('x/index.html', 'i');
  mkdirSync(site.path('y'));
  const files = (name: string): FakeFiles =>
    new FakeFiles(site, {
      kind: 'regex',
      files: { kind: 'alias', path: [`${site.root}/`, { capture: 1 }] },
      variables: { 1: name },
    });
  assert.equal(await outcome(files('x/'), '/i/x/'), '-> /i/x/index.html');
  assert.equal(await outcome(files('y/'), '/i/y/'), 403);
});

test('a folder to which only a link leads that is not followed is not there', async () => {
  using site = new TemporarySite();
  mkdirSync(site.path('folder'));
  symlinkSync('folder', site.path('link'));
  const files = new FakeFiles(site, { files: { symlinks: { kind: 'none', from: undefined } } });
  assert.equal(await outcome(files, '/link/'), 404);
  assert.equal(await outcome(files, '/folder/'), 403);
});

test('a folder may be answered by one of its files by chance', async () => {
  using site = new TemporarySite();
  site.write('.hidden', 'h');
  site.write('a.html', 'a');
  mkdirSync(site.path('folder'));
  symlinkSync('a.html', site.path('link'));
  symlinkSync('nothing', site.path('dangling'));
  const files = new FakeFiles(site, { files: { isIndexRandom: true } });
  const seen = new Set<string | number>();
  for (let turn = 0; turn < 40; turn += 1) {
    seen.add(await outcome(files, '/'));
  }
  assert.deepEqual(seen, new Set(['-> /a.html', '-> /link']));
  mkdirSync(site.path('empty'));
  assert.equal(await outcome(files, '/empty/'), 403);
  assert.equal(await outcome(files, '/none/'), 404);
});
