/** Virtual environments on disk: what makes a folder one, and where in it Python is. */

import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { exists, isFile, readHead, statOf } from '../paths.ts';
import { whyUnusable } from './python-program.ts';

/** What makes a folder a virtual environment … */
const MARK = 'pyvenv.cfg';
/** … and what makes it one of conda. */
const CONDA_MARK = 'conda-meta';
/** Some environments that were made by hand or by older programs have the second alone. */
const PROGRAMS = ['bin/python', 'bin/python3'];
/** Where an environment of Windows has its Python. */
const WINDOWS_PROGRAM = 'Scripts/python.exe';
/** A path, or a name. */
const REDIRECT_BYTES_MAX = 4096;
const NAMES_MAX = 1000;
const MARK_BYTES_MAX = 4096;

export type Variables = Readonly<Record<string, string | undefined>>;

/** Where the environment's Python is, or would have to be. */
export function programOf(venv: string): string {
  const paths = PROGRAMS.map((name) => join(venv, name));
  return paths.find((path) => whyUnusable(path) === undefined) ?? paths.find(exists) ?? join(venv, 'bin/python');
}

/** Why an environment cannot be used, as a part of a sentence. */
export function whyNoEnvironment(venv: string): string | undefined {
  return isFile(join(venv, WINDOWS_PROGRAM)) ? 'it was made on Windows' : whyUnusable(programOf(venv));
}

/** A folder with the mark is meant for an environment; one that is merely named like it may be anything. */
export function isEnvironment(venv: string): boolean {
  const isDangling = exists(venv) && statOf(venv) === undefined;
  return isDangling || [MARK, CONDA_MARK, WINDOWS_PROGRAM, ...PROGRAMS].some((name) => exists(join(venv, name)));
}

/** The virtual environment that a Python belongs to, or ''. */
export function environmentOf(python: string): string {
  const venv = dirname(dirname(python));
  return isFile(join(venv, MARK)) ? venv : '';
}

/**
 * Whether `uv run --with` has made the environment, for one command: it has hardly a package of its own, and leads to those of the project and
 * to the others that were named, Portico perhaps among them. `uv` writes down what it extends, so that programs can tell.
 */
export function isOverlay(venv: string): boolean {
  return /^extends-environment\s*=/m.test(readStart(join(venv, MARK), MARK_BYTES_MAX) ?? '');
}

/** The folder itself, or what a file of its name leads to, as pipenv and virtualenvwrapper write them: a path, or the name of an environment. */
export function followRedirect(path: string, env: Variables): string {
  if (!isFile(path)) {
    return path;
  }
  const said = readStart(path, REDIRECT_BYTES_MAX)?.split('\n')[0]?.trim() ?? '';
  if (said === '') {
    return path;
  }
  const named = said.includes('/') ? resolve(dirname(path), said) : join(workonHome(env), said);
  return isEnvironment(named) ? named : path;
}

function workonHome(env: Variables): string {
  return env['WORKON_HOME'] || join(env['HOME'] || '/nonexistent', '.virtualenvs');
}

/** The environments in a folder, whatever their names. */
export function environmentsIn(folder: string): string[] {
  return listNames(folder)
    .map((name) => join(folder, name))
    .filter((path) => isFile(join(path, MARK)));
}

/** Packages that any environment with Portico has, the site's or not. */
const OWN_PACKAGES = /^(?:portico|nodejs[_-]wheel\w*|pip|setuptools|wheel|distribute)-/i;

/** Whether an environment has packages that Portico does not need: those of a site. */
export function holdsPackages(venv: string): boolean {
  const libraries = listNames(join(venv, 'lib')).filter((name) => name.startsWith('python'));
  return libraries.some((library) =>
    listNames(join(venv, 'lib', library, 'site-packages')).some(
      (name) => /\.(?:dist-info|egg-info|egg-link)$/.test(name) && !OWN_PACKAGES.test(name),
    ),
  );
}

/** Whether pipx or uv has made the environment for a program, and not for a project. */
export function isOfTool(venv: string): boolean {
  return exists(join(venv, 'pipx_metadata.json')) || exists(join(venv, 'uv-receipt.toml'));
}

// A folder that may not be looked into is as good as one in which nothing is.

export function listNames(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, NAMES_MAX).sort();
  } catch {
    return [];
  }
}

/** The beginning of a regular file as text, undefined if it cannot be read. */
export function readStart(path: string, bytesMax: number): string | undefined {
  return readHead(path, bytesMax)?.toString('utf8');
}
