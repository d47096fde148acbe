import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WatchPatterns } from './watch-rules.ts';
import { placesOf, WatchRules } from './watch-rules.ts';

const ROOT = '/srv/site';

function taken(names: readonly string[], patterns: Partial<WatchPatterns> = {}): string[] {
  const rules = new WatchRules({ includes: [], excludes: [], ...patterns });
  return names.filter((name) => rules.isSource(`${ROOT}/${name}`, ROOT));
}

function entered(names: readonly string[], patterns: Partial<WatchPatterns> = {}): string[] {
  const rules = new WatchRules({ includes: [], excludes: [], ...patterns });
  return names.filter((name) => rules.isEntered(`${ROOT}/${name}`, ROOT));
}

test('isSource() knows what a developer edits, and what editors leave beside it', () => {
  const sources = ['views.py', 'base.html', 'page.jinja2', '.env', '.env.local', 'pyproject.toml', 'django.mo'];
  const others = ['db.sqlite3', 'views.pyc', 'photo.jpg', '.views.py.swp', '.#views.py', '#views.py#', 'views.py~'];
  assert.deepEqual(taken([...sources, ...others, 'access.log', 'x.env', '4913']), sources);
});

test('isEntered() leaves out environments, caches, uploads and what is hidden', () => {
  const left = ['.git', '.venv', 'venv', 'node_modules', '__pycache__', 'media', 'a/.tox', 'x/site-packages'];
  assert.deepEqual(entered([...left, 'templates', 'mysite', 'static']), ['templates', 'mysite', 'static']);
});

test('a glob without a slash is about names everywhere, one with a slash about the end of the path', () => {
  const files = ['a.css', 'deep/b.css', 'data/c.json', 'x/data/d.json', 'other/e.json'];
  assert.deepEqual(taken(files, { includes: ['*.css'] }), ['a.css', 'deep/b.css']);
  assert.deepEqual(taken(files, { includes: ['./data/*.json'] }), ['data/c.json', 'x/data/d.json']);
  assert.deepEqual(taken(files, { includes: ['data/'] }), []);
  assert.deepEqual(taken(files, { includes: [`${ROOT}/data`] }), ['data/c.json']);
});

test('what is excluded wins over what is included, and over what is a source by its ending', () => {
  const files = ['a_pb2.py', 'a.py', 'gen/b.py', 'c.css'];
  assert.deepEqual(taken(files, { excludes: ['*_pb2.py'] }), ['a.py', 'gen/b.py']);
  assert.deepEqual(taken(files, { includes: ['*.css', '*.py'], excludes: ['c.*', `${ROOT}/gen`] }), [
    'a_pb2.py',
    'a.py',
  ]);
  assert.deepEqual(entered(['gen', 'app', 'app/gen'], { excludes: ['gen/'] }), ['app']);
  assert.deepEqual(entered(['gen', 'app', 'app/gen'], { excludes: [`${ROOT}/gen`] }), ['app', 'app/gen']);
});

test('a folder that is left out is entered if an include names it', () => {
  assert.deepEqual(entered(['media', 'staticfiles'], { includes: ['media/*.txt'] }), ['media']);
  assert.deepEqual(entered(['media', 'media/x', '.hidden'], { includes: [`${ROOT}/media/x/.y`] }), [
    'media',
    'media/x',
  ]);
});

test('placesOf() watches the folder of the application, or what is named, and the environment file wherever it is', () => {
  const nothing = { folders: [], includes: [], excludes: [] };
  const site = { target: 'shop.wsgi', chdir: '/srv/site', envFile: '/etc/shop.env' };
  const isFolder = (path: string): boolean => ['/srv/data', '/srv/other', '/srv/site/backend'].includes(path);
  const roots = (asked: object, target = 'shop.wsgi'): readonly string[] =>
    placesOf({ ...nothing, ...asked }, { cwd: '/srv', apps: [{ ...site, target }] }, isFolder).roots;
  assert.deepEqual(roots({}), ['/srv/site']);
  assert.deepEqual(roots({}, '../other/app.py:app'), ['/srv/site', '/srv/other']);
  assert.deepEqual(roots({}, '../other'), ['/srv/other'], 'it is run there; its neighbours are none of its files');
  assert.deepEqual(roots({}, '../other/'), ['/srv/other']);
  assert.deepEqual(roots({}, './backend'), ['/srv/site']);
  assert.deepEqual(roots({}, 'app.py'), ['/srv/site']);
  assert.deepEqual(roots({ folders: ['site/src', '/lib'] }), ['/srv/site/src', '/lib']);
  assert.deepEqual(roots({ includes: ['data', '*.css'] }), ['/srv/site', '/srv/data']);
  const { rules, files } = placesOf(
    { ...nothing, includes: ['data'], excludes: ['data'] },
    { cwd: '/srv', apps: [site] },
    isFolder,
  );
  assert.equal(rules.isSource('/srv/data/a.csv', '/srv/data'), false, 'what is excluded wins');
  assert.deepEqual(files, ['/etc/shop.env']);
});
