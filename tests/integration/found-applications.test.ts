// `portico serve` without a name: what is found is served, also in a folder below with a Python of its own, and what is not is explained.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { launch, makeFolder, serve } from './server.ts';

const APP = (text: string) => `
import os, sys
def application(environ, start):
    start('200 OK', [])
    return [f'${text} in {os.getcwd()} by {sys.prefix}'.encode()]
`;
const OTHER = "raise SystemExit('a file that was not chosen has been run')\ndef app(environ, start): pass\n";

/** An environment without packages, as `python -m venv --without-pip` makes it. */
function makeEnvironment(path: string): void {
  const program = 'import os, sys; print(os.path.realpath(sys.executable))';
  const python = execFileSync('python3', ['-c', program], { encoding: 'utf8' }).trim();
  mkdirSync(join(path, 'bin'), { recursive: true });
  symlinkSync(python, join(path, 'bin/python'));
  writeFileSync(join(path, 'pyvenv.cfg'), `home = ${dirname(python)}\n`);
}

test('a project one folder below is run there, with its own environment, also after a HUP', async () => {
  const folder = makeFolder();
  makeEnvironment(join(folder, 'backend/.venv'));
  const files = { 'backend/app/__init__.py': '', 'backend/app/main.py': APP('one'), 'main.py': "print('a script')" };
  await using server = await serve({ folder, files, target: '' });
  const where = `in ${folder}/backend by ${folder}/backend/.venv`;
  assert.equal((await server.ask('/')).body, `one ${where}`);
  assert.match(server.log, /app\.main:application \(WSGI\), found in backend\/app\/main\.py$/m);
  writeFileSync(join(folder, 'backend/app/main.py'), APP('two, changed'));
  server.signal('SIGHUP');
  await server.logged(/portico: reloaded/);
  // The log may be a moment ahead of the edge.
  for (let turn = 0; turn < 100 && (await server.ask('/')).body.startsWith('one'); turn += 1);
  assert.equal((await server.ask('/')).body, `two, changed ${where}`, server.log);
});

for (const args of [[], ['--no-preload'], ['--check']]) {
  test(`where several could be meant, each is listed with what to type ${args.join()}`, async () => {
    const files = { 'main.py': OTHER };
    await using server = launch({ app: OTHER, files, target: '', args });
    assert.equal(await server.exit, 3);
    assert.match(server.log, / {2}portico serve app:app {4}# WSGI in app\.py$/m);
    assert.match(server.log, / {2}portico serve main:app {3}# WSGI in main\.py$/m);
    assert.match(server.log, /the server cannot start: 2 applications could be meant, and nothing tells which/);
  });
}

test('where nothing is found it is said what was looked for', async () => {
  await using server = launch({ target: '', files: { 'readme.txt': '' } });
  assert.equal(await server.exit, 3);
  assert.match(server.log, /looked for, in this order:$/m);
  assert.match(server.log, /no application was found in \S+\. Name it, as in "portico serve main:app"/);
});

test('a .env is told of and not loaded, and again where the application lacks what it sets', async () => {
  const files = { '.env': 'COLOUR=red\n' };
  await using server = await serve({ app: APP('one'), files, target: '' });
  assert.match(server.log, /there is a \.env here, which is not loaded: --env-file \.env loads it/);
  const lacking = { app: "import os\nos.environ['COLOUR']\n", files, target: 'app' };
  await using failing = launch(lacking);
  assert.equal(await failing.exit, 3);
  assert.match(
    failing.log,
    /KeyError: 'COLOUR'\. COLOUR is set in \.env, which is not loaded: --env-file \.env loads it/,
  );
  await using loaded = await serve({ app: APP('one'), files, target: '', args: ['--env-file', '.env'] });
  assert.doesNotMatch(loaded.log, /there is a \.env/);
});

for (const target of ['site', 'site/', 'site/manage.py', '--chdir=site']) {
  test(`portico serve ${target}`, async () => {
    const files = {
      'site/manage.py': "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'shop.settings'",
      'site/shop/__init__.py': '',
      'site/shop/settings.py': '',
      'site/shop/wsgi.py': APP('project'),
    };
    await using server = await serve({ files, target });
    assert.match((await server.ask('/')).body, /^project in \S+\/site by /);
  });
}
