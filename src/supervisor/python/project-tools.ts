/**
 * Environments that poetry, pipenv and pyenv keep away from the project. Their places follow from the project's folder by rules that
 * these tools have kept for years, so that a service finds them as well, whose PATH has none of the tools. Where the rules lead
 * nowhere, the tool is asked if there is one.
 */

import { basename, join, resolve } from 'node:path';
import type { Outcome } from '../../kernel/outcome.ts';
import { exists, realPath } from '../paths.ts';
import type { Variables } from './environment.ts';
import { isEnvironment, listNames, readStart } from './environment.ts';

export interface ToolEnvironment {
  readonly venv: string;
  readonly origin: string;
}

/** Runs a tool in a folder; what it prints, or undefined if it is not there or does not know. A fault is that it takes too long. */
export type AskTool = (program: string, args: readonly string[], folder: string) => Outcome<string | undefined>;

/** The same where somebody else hears of faults. */
export type AskedTool = (...question: Parameters<AskTool>) => string | undefined;

const PROJECT_BYTES_MAX = 262_144;
/** Both tools cut the names of environments here. */
const NAME_MAX = 42;

/** The environment that belongs to a folder with the files of one of these tools. */
export function environmentOfTools(folder: string, env: Variables, ask: AskedTool): ToolEnvironment | undefined {
  return ofPoetry(folder, env, ask) ?? ofPipenv(folder, env, ask);
}

function ofPoetry(folder: string, env: Variables, ask: AskedTool): ToolEnvironment | undefined {
  const project = readStart(join(folder, 'pyproject.toml'), PROJECT_BYTES_MAX) ?? '';
  if (!exists(join(folder, 'poetry.lock')) && !/^[ \t]*\[tool\.poetry\b/m.test(project)) {
    return undefined;
  }
  const base = poetryName(project, folder);
  const home = poetryFolder(folder, env);
  const kept = readStart(join(home, 'envs.toml'), PROJECT_BYTES_MAX) ?? '';
  const chosen = new RegExp(`^\\[?"?${escapeRegExp(base)}"?\\]?[^[]*?\\bminor\\s*=\\s*"([\\d.]+)"`, 'm').exec(
    kept,
  )?.[1];
  const found = listNames(home).filter((name) => name.startsWith(`${base}-py`));
  const name = found.find((each) => each === `${base}-py${chosen}`) ?? found.sort(byVersion).at(-1);
  const venv = name === undefined ? ask('poetry', ['env', 'info', '-p'], folder) : join(home, name);
  return usable(venv, "of poetry's environment for", folder);
}

/** What poetry calls the environment of a project, such as `shop-aB3_x9Zq`; it adds the version of Python. */
export function poetryName(project: string, folder: string): string {
  const name = /^[ \t]*name[ \t]*=[ \t]*["']([^"'\n]*)["']/m.exec(tablesOf(project))?.[1] ?? 'non-package-mode';
  const digest = sha256(realPath(folder)).toString('base64url');
  return `${safeName(name.toLowerCase(), /[ $`!*@"\\\r\n\t]/g)}-${digest.slice(0, 8)}`;
}

/** The tables `[project]` and `[tool.poetry]`, which may name the project. */
function tablesOf(project: string): string {
  const tables = project.split(/^(?=[ \t]*\[)/m);
  return tables.filter((table) => /^[ \t]*\[(?:project|tool\.poetry)\]/.test(table)).join('\n');
}

/** Where poetry keeps its environments. What its settings say, of the project or of the user, is read as it writes them. */
function poetryFolder(folder: string, env: Variables): string {
  const settings = env['POETRY_CONFIG_DIR'] || join(env['XDG_CONFIG_HOME'] || join(homeOf(env), '.config'), 'pypoetry');
  const said = [join(folder, 'poetry.toml'), join(settings, 'config.toml')].map(
    (path) => readStart(path, PROJECT_BYTES_MAX) ?? '',
  );
  const setting = (pattern: RegExp) => said.map((text) => pattern.exec(text)?.[1]).find((value) => value !== undefined);
  const cache =
    env['POETRY_CACHE_DIR'] ||
    (setting(/^cache-dir\s*=\s*["']([^"'\n]+)["']/m) ??
      join(env['XDG_CACHE_HOME'] || join(homeOf(env), '.cache'), 'pypoetry'));
  const path =
    env['POETRY_VIRTUALENVS_PATH'] ||
    setting(/^\[virtualenvs\][^[]*?^path\s*=\s*["']([^"'\n]+)["']/m) ||
    '{cache-dir}/virtualenvs';
  return resolve(folder, path.replace('{cache-dir}', cache).replace(/^~(?=\/)/, homeOf(env)));
}

function byVersion(a: string, b: string): number {
  const minor = (name: string) => Number(/-py\d+\.(\d+)/.exec(name)?.[1] ?? -1);
  return minor(a) - minor(b);
}

function ofPipenv(folder: string, env: Variables, ask: AskedTool): ToolEnvironment | undefined {
  const pipfile = join(folder, 'Pipfile');
  if (!exists(pipfile)) {
    return undefined;
  }
  const name = pipenvName(folder);
  const home = env['WORKON_HOME'] || join(env['XDG_DATA_HOME'] || join(homeOf(env), '.local/share'), 'virtualenvs');
  const found = [env['PIPENV_CUSTOM_VENV_NAME'] || name, ...listNames(home).filter((each) => each.startsWith(name))]
    .map((each) => join(home, each))
    .find(isEnvironment);
  return usable(found ?? ask('pipenv', ['--venv'], folder), "of pipenv's environment for", folder);
}

/** What pipenv calls the environment of the Pipfile in a folder. */
export function pipenvName(folder: string): string {
  const path = realPath(folder);
  const digest = sha256(join(path, 'Pipfile')).subarray(0, 6);
  return `${safeName(basename(path), /[ &$`!*@"()[\]\\\r\n\t]/g)}-${digest.toString('base64url')}`;
}

/** What `.python-version` names: an environment of pyenv-virtualenv, a version, or the beginning of one ("3.12"). */
export function environmentOfPyenv(folder: string, env: Variables): ToolEnvironment | undefined {
  const said = readStart(join(folder, '.python-version'), PROJECT_BYTES_MAX)?.split(/\s+/) ?? [];
  const home = join(env['PYENV_ROOT'] || join(homeOf(env), '.pyenv'), 'versions');
  const name = said.find((word) => /^[\w][\w.+-]*(?:\/envs\/[\w.+-]+)?$/.test(word));
  if (name === undefined) {
    return undefined;
  }
  const known = listNames(home).filter((each) => each.startsWith(`${name}.`));
  const latest = known.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  return usable(
    [name, latest].map((each) => join(home, each ?? name)).find(isEnvironment),
    "of pyenv's environment that .python-version names in",
    folder,
  );
}

function usable(venv: string | undefined, origin: string, folder: string): ToolEnvironment | undefined {
  const path = venv === undefined || venv === '' ? '' : resolve(folder, venv);
  return path !== '' && isEnvironment(path) ? { venv: path, origin: `${origin} ${folder}` } : undefined;
}

/** Loaded here, because few projects need it and it takes time. */
function sha256(text: string): Buffer {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest();
}

function safeName(name: string, unsafe: RegExp): string {
  return name.replace(unsafe, '_').slice(0, NAME_MAX);
}

function homeOf(env: Variables): string {
  return env['HOME'] || '/nonexistent';
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
