import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import type { Installation } from './installation.ts';
import { IN_NO_PYTHON } from './installation.ts';
import { findInterpreter } from './interpreter.ts';

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
  env?: Record<string, string>;
}): string {
  const { named = '', installation = IN_NO_PYTHON, app = '', chdir = join(ROOT, 'site'), env = {} } = given;
  const found = findInterpreter({ named, installation, app, chdir, cwd: ROOT, env });
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

test('findInterpreter() knows the environment of a Python that is named', () => {
  writeFileSync(join(ROOT, 'active/pyvenv.cfg'), '');
  assert.equal(find({ named: ACTIVE }), `${ACTIVE} ${join(ROOT, 'active')}`);
});

test('findInterpreter() says what is missing, with the way out', () => {
  assert.match(find({ named: 'nopython', env: { PATH } }), /--python: "nopython" is not a program/);
  assert.match(find({ named: './site', env: {} }), /is not a program that can be run/);
  assert.match(find({ env: { PATH, VIRTUAL_ENV: '/nowhere' } }), /VIRTUAL_ENV is \/nowhere.*unset it/);
  assert.match(find({ chdir: ROOT, env: { PATH: '/nowhere' } }), /no Python was found.*--python/);
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
