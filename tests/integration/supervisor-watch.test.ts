// --reload: a file that changes is served without being asked; one that is broken is answered with why, which the log says too.

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { launch, makeFolder, serve } from './server.ts';

const app = (answer: string) => `
def application(environ, start_response):
    start_response('200 OK', [])
    return [b'${answer}']
`;

test('--reload loads what has changed, and says so when that is broken', async () => {
  await using server = await serve({ app: app('one'), args: ['--reload'] });
  const path = join(server.folder, 'app.py');
  writeFileSync(path, app('two'));
  await server.logged(/app\.py has changed: reloading[\s\S]*reloaded:/);
  assert.equal((await server.ask('/')).body, 'two');
  writeFileSync(path, 'def broken(:\n');
  await server.logged(/SyntaxError/);
  assert.match((await server.ask('/')).body, /SyntaxError/);
  const before = server.log.length;
  writeFileSync(path, app('three'));
  await server.logged(/reloaded:/, undefined, before);
  assert.equal((await server.ask('/')).body, 'three');
});

test('--reload-dir, --reload-include and --reload-exclude say what is watched', async () => {
  const files = { 'site/app.py': app('one'), 'lib/kept.py': 'x', 'lib/gen_pb2.py': 'x', 'other.py': 'x' };
  const args = ['--chdir', 'site', '--reload', '--reload-dir', 'lib', '--reload-exclude', '*_pb2.py'];
  await using server = await serve({ app: '', files, args: [...args, '--reload-include', '*.yaml'] });
  const write = (path: string): void => writeFileSync(join(server.folder, path), 'y');
  write('other.py');
  write('site/app.py');
  write('lib/gen_pb2.py');
  write('lib/conf.yaml');
  await server.logged(/ has changed/);
  assert.match(server.log, /lib\/conf\.yaml has changed/);
  assert.doesNotMatch(server.log, /(other|app|pb2)\.py has changed/);
});

for (const name of ['nowhere', 'loop']) {
  test(`--reload-dir names a folder: ${name}`, async () => {
    const folder = makeFolder();
    symlinkSync('loop', join(folder, 'loop'));
    await using server = launch({ app: '', folder, args: ['--reload', '--reload-dir', name] });
    assert.equal(await server.exit, 2);
    assert.match(server.log, new RegExp(`--reload-dir: \\S+${name} is not a folder`));
  });
}

test('--reload sees folders that are new', async () => {
  await using server = await serve({ app: app('one'), args: ['--reload'] });
  mkdirSync(join(server.folder, 'templates'));
  writeFileSync(join(server.folder, 'templates/page.html'), 'x');
  await server.logged(/page\.html has changed: reloading/);
  // The folder is watched by now.
  writeFileSync(join(server.folder, 'templates/other.html'), 'x');
  await server.logged(/other\.html has changed: reloading/);
});
