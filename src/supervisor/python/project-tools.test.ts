import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { environmentOfPyenv, environmentOfTools, pipenvName, poetryName } from './project-tools.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'project-tools-'));
after(() => rmSync(ROOT, { recursive: true }));

const nobody = () => undefined;

function environment(path: string): string {
  const full = join(ROOT, path);
  mkdirSync(full, { recursive: true });
  writeFileSync(join(full, 'pyvenv.cfg'), '');
  return full;
}

function project(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(ROOT, name);
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

const SHOP = '[tool.poetry]\nname = "My Shop"\n[tool.poetry.dependencies]\nname = "other"\n';

test('the names of environments are those that poetry 2 and pipenv 2026 give', () => {
  assert.equal(poetryName(SHOP, '/srv/sites/shop'), 'my_shop-1CRVRY8z');
  assert.equal(poetryName('[tool.poetry]\npackage-mode = false\n', '/srv/sites/one'), 'non-package-mode-PQ4A7qv3');
  assert.equal(pipenvName('/srv/sites/Two (2)'), 'Two__2_-m5ntAZFi');
});

test("environmentOfTools() finds poetry's environment without poetry: the chosen one, else the newest", () => {
  const folder = project('poetry', { 'pyproject.toml': SHOP });
  const name = poetryName(SHOP, folder);
  const env = { POETRY_CACHE_DIR: join(ROOT, 'cache') };
  assert.equal(environmentOfTools(folder, env, nobody), undefined);
  environment(`cache/virtualenvs/${name}-py3.9`);
  const newest = environment(`cache/virtualenvs/${name}-py3.11`);
  assert.deepEqual(environmentOfTools(folder, env, nobody), {
    venv: newest,
    origin: `of poetry's environment for ${folder}`,
  });
  const table = `[other]\nminor = "3.11"\n[${name}]\nminor = "3.9"\npatch = "3.9.1"\n`;
  writeFileSync(join(ROOT, 'cache/virtualenvs/envs.toml'), table);
  assert.match(String(environmentOfTools(folder, env, nobody)?.venv), /py3\.9$/);
  const elsewhere = { HOME: ROOT, POETRY_VIRTUALENVS_PATH: join(ROOT, 'cache/virtualenvs') };
  assert.match(String(environmentOfTools(folder, elsewhere, nobody)?.venv), /py3\.9$/);
});

test("environmentOfTools() heeds poetry's settings, of the user and of the project", () => {
  const folder = project('set', { 'pyproject.toml': SHOP });
  const name = poetryName(SHOP, folder);
  const ofUser = environment(`of-user/${name}-py3.11`);
  const env = { HOME: project('home-of-poetry', {}), XDG_CONFIG_HOME: join(ROOT, 'config') };
  mkdirSync(join(ROOT, 'config'));
  const settings = `[virtualenvs]\nin-project = false\npath = "${join(ROOT, 'of-user')}"\n`;
  project('config/pypoetry', { 'config.toml': settings });
  assert.equal(environmentOfTools(folder, env, nobody)?.venv, ofUser);
  const ofProject = environment(`set/kept/deep/${name}-py3.9`);
  project('set', { 'poetry.toml': 'cache-dir = "kept"\n\n[virtualenvs]\npath = "{cache-dir}/deep"\n' });
  assert.equal(environmentOfTools(folder, env, nobody)?.venv, ofProject);
});

test('environmentOfTools() asks the tool where the rules lead nowhere, and only in its projects', () => {
  const asked: string[] = [];
  const venv = environment('kept-by-a-setting');
  const ask = (program: string, args: readonly string[]) => {
    asked.push([program, ...args].join(' '));
    return venv;
  };
  const env = { HOME: join(ROOT, 'nobody') };
  assert.equal(environmentOfTools(project('poetry', {}), env, ask)?.venv, venv);
  assert.equal(environmentOfTools(project('locked', { 'poetry.lock': '' }), env, ask)?.venv, venv);
  assert.equal(environmentOfTools(project('pip', { Pipfile: '' }), env, ask)?.venv, venv);
  assert.equal(environmentOfTools(project('uv', { 'pyproject.toml': '[project]\n[tool.uv]' }), env, ask), undefined);
  assert.equal(environmentOfTools(project('none', {}), env, ask), undefined);
  assert.deepEqual(asked, ['poetry env info -p', 'poetry env info -p', 'pipenv --venv']);
});

test("environmentOfTools() finds pipenv's environment without pipenv", () => {
  const folder = project('shop (1)', { Pipfile: '' });
  const venv = environment(`home/.local/share/virtualenvs/${pipenvName(folder)}`);
  assert.equal(environmentOfTools(folder, { HOME: join(ROOT, 'home') }, nobody)?.venv, venv);
  const other = environment(`work/${pipenvName(folder)}-3.12`);
  assert.equal(environmentOfTools(folder, { WORKON_HOME: join(ROOT, 'work') }, nobody)?.venv, other);
});

test('environmentOfPyenv() takes what .python-version names, and no path', () => {
  const env = { PYENV_ROOT: join(ROOT, 'pyenv') };
  const named = environment('pyenv/versions/shop');
  environment('pyenv/versions/3.9.18');
  const newest = environment('pyenv/versions/3.12.11');
  environment('pyenv/versions/3.12.4');
  const inside = environment('pyenv/versions/3.9.18/envs/blog');
  environment('evil');
  for (const [text, venv] of [
    ['shop\n', named],
    ['3.12', newest],
    ['3.9.18/envs/blog', inside],
    ['3.7', undefined],
    ['../../evil', undefined],
    ['', undefined],
  ] as const) {
    const folder = project('pinned', { '.python-version': text });
    assert.equal(environmentOfPyenv(folder, env)?.venv, venv, text);
  }
});
