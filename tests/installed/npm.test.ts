// The npm package: the same program, by the Node.js that its user has.

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { Folder, NODE, NPM_PACKAGE, PLAIN_PATH, run, succeed } from './environment.ts';

const folder = new Folder();
after(() => folder[Symbol.dispose]());
const NPM = resolve('.venv/node/lib/node_modules/npm/bin/npm-cli.js');

test('npm installs it without a network, for a project and for all', () => {
  const project = join(folder.path, 'project');
  const forAll = join(folder.path, 'for all');
  mkdirSync(project);
  const common = [NPM, 'install', '--silent', '--offline', '--cache', join(folder.path, 'cache')];
  succeed(NODE, [...common, '--prefix', project, NPM_PACKAGE]);
  succeed(NODE, [...common, '--global', '--prefix', forAll, NPM_PACKAGE]);
  const env = { PATH: `${dirname(NODE)}:${PLAIN_PATH}` };
  for (const program of [join(project, 'node_modules/.bin/portico'), join(forAll, 'bin/portico')]) {
    assert.match(succeed(program, ['--version'], { env }), /^portico \d/);
  }
  succeed(NODE, [NPM, 'uninstall', '--silent', '--global', '--prefix', forAll, 'portico']);
  assert.equal(run(join(forAll, 'bin/portico'), []).status, null);
});

test('without Node or Python it says what to install', () => {
  const program = join(folder.path, 'project/node_modules/.bin/portico');
  const tools = join(folder.path, 'tools');
  mkdirSync(tools);
  for (const name of ['sh', 'readlink']) symlinkSync(`/bin/${name}`, join(tools, name));
  const without = run(program, ['--version'], { env: { PATH: tools } });
  assert.equal(without.status, 1);
  assert.match(without.stderr, /^portico: there is no node on the PATH\. Install Node\.js 24\.12 or later, or .*\n$/);
  symlinkSync(NODE, join(tools, 'node'));
  const noPython = run(program, ['serve', 'app:application', '--bind', '127.0.0.1:0'], {
    env: { PATH: tools },
    cwd: folder.path,
  });
  assert.notEqual(noPython.status, 0);
  assert.match(noPython.stderr, /no Python was found: .*Name one with --python/);
});
