import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { explainVersion, findInterpreter } from './interpreter.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'interpreter-'));
after(() => rmSync(ROOT, { recursive: true }));

function program(path: string, script = ''): string {
  const full = join(ROOT, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, `#!/bin/sh\n${script}\n`);
  chmodSync(full, 0o755);
  return full;
}

function find(given: { named?: string; app?: string; chdir?: string; env?: Record<string, string> }): string {
  const { named = '', app = '', chdir = join(ROOT, 'site'), env = {} } = given;
  const found = findInterpreter({ named, app, chdir, cwd: ROOT, env });
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

test('explainVersion() tells of a Python that is too old or does not run, and of nothing else', async () => {
  assert.match(
    (await explainVersion(program('old', 'echo 3.7.16'))) ?? '',
    /is Python 3\.7\.16, and 3\.9 or later is needed/,
  );
  assert.match((await explainVersion(program('none', 'exit 1'))) ?? '', /does not run/);
  assert.equal(await explainVersion(program('new', 'echo 3.14.0')), undefined);
});
