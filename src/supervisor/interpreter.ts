/**
 * Which Python runs the application: as named, the one of `python -m portico`, of the active virtual environment, of the one beside
 * the application, or python3. An environment that is there and cannot be used is a fault: with another Python the site would have
 * other packages, or none.
 */

import { lstatSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import type { Installation } from './installation.ts';
import { whyUnusable } from './python-program.ts';

const VENV_FOLDERS = ['.venv', 'venv'];
/** Some environments that were made by hand or by older programs have the second alone. */
const PROGRAMS = ['bin/python', 'bin/python3'];
/** Where an environment of Windows has its Python. */
const WINDOWS_PROGRAM = 'Scripts/python.exe';
/** What makes a folder a virtual environment. */
const MARK = 'pyvenv.cfg';

export interface Interpreter {
  readonly path: string;
  /** The virtual environment that the Python belongs to, or ''. */
  readonly venv: string;
  /** Where the Python was found, in words that follow its name. */
  readonly origin: string;
  /** What was passed over before it was found, one sentence each. */
  readonly warnings: readonly string[];
}

export interface InterpreterSearch {
  /** --python, or ''. */
  readonly named: string;
  readonly installation: Installation;
  readonly app: string;
  readonly chdir: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function findInterpreter(search: InterpreterSearch): Outcome<Interpreter> {
  const { named, installation, app, chdir, cwd, env } = search;
  if (named !== '') {
    return findNamed(named, cwd, env);
  }
  if (installation.isAsked) {
    const { python } = installation;
    return success({
      path: python,
      venv: environmentOf(python),
      origin: 'which was told to run portico',
      warnings: [],
    });
  }
  const active = env['VIRTUAL_ENV'];
  if (active) {
    const path = programOf(active);
    const fault = whyUnusable(path);
    return fault === undefined
      ? success({ path, venv: active, origin: 'of $VIRTUAL_ENV', warnings: [] })
      : failure(
          `VIRTUAL_ENV is ${active}, where ${fault}. Activate another environment, unset it, or name a Python with --python`,
        );
  }
  return findBeside(app, chdir, env);
}

function findBeside(app: string, chdir: string, env: InterpreterSearch['env']): Outcome<Interpreter> {
  const warnings: string[] = [];
  for (const venv of applicationFolders(app, chdir).flatMap((folder) =>
    VENV_FOLDERS.map((name) => join(folder, name)),
  )) {
    if (!exists(venv)) {
      continue;
    }
    const path = programOf(venv);
    const fault = isFile(join(venv, WINDOWS_PROGRAM)) ? 'it was made on Windows' : whyUnusable(path);
    if (fault === undefined) {
      return success({ path, venv, origin: 'of the environment beside the application', warnings });
    }
    if (isEnvironment(venv)) {
      return failure(
        `the virtual environment ${venv} cannot be used: ${fault}. Make it again (python3 -m venv --clear ${venv}, and install the site's packages), remove it, or name a Python with --python`,
      );
    }
    warnings.push(`${venv} is no virtual environment (${fault}) and is passed over`);
  }
  const found = findOnPath('python3', env) ?? findOnPath('python', env);
  return found === undefined
    ? failure(
        'no Python was found: neither $VIRTUAL_ENV, nor .venv beside the application, nor python3 on the PATH. Name one with --python',
      )
    : success({
        path: found,
        venv: '',
        origin: 'the first on the PATH: there is no .venv beside the application',
        warnings,
      });
}

/** Where the environment's Python is, or would have to be. */
function programOf(venv: string): string {
  const paths = PROGRAMS.map((name) => join(venv, name));
  return paths.find((path) => whyUnusable(path) === undefined) ?? paths.find(exists) ?? join(venv, 'bin/python');
}

/** A folder with the mark is meant for an environment; one that is merely named like it may be anything. */
function isEnvironment(venv: string): boolean {
  const isDangling = exists(venv) && statOf(venv) === undefined;
  return isDangling || [MARK, WINDOWS_PROGRAM, ...PROGRAMS].some((name) => exists(join(venv, name)));
}

function findNamed(named: string, cwd: string, env: InterpreterSearch['env']): Outcome<Interpreter> {
  const path = named.includes('/') ? resolve(cwd, named) : findOnPath(named, env);
  if (path === undefined) {
    return failure(`--python: "${named}" is not a program on the PATH`);
  }
  const fault = whyUnusable(path);
  if (fault !== undefined) {
    return failure(`--python: ${path} is not a program that can be run: ${fault}`);
  }
  return success({ path, venv: environmentOf(path), origin: 'named by --python', warnings: [] });
}

/** The virtual environment that a Python belongs to, or ''. */
function environmentOf(python: string): string {
  const venv = dirname(dirname(python));
  return isFile(join(venv, MARK)) ? venv : '';
}

/** For an application `site/mysite/wsgi.py`: the folder of the file, then the folder that the server runs in. */
function applicationFolders(app: string, chdir: string): string[] {
  const folders = app.endsWith('.py') ? [dirname(resolve(chdir, app)), dirname(dirname(resolve(chdir, app)))] : [];
  return [...new Set([...folders, chdir])];
}

function findOnPath(name: string, env: InterpreterSearch['env']): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, name)).find((path) => whyUnusable(path) === undefined);
}

// A folder that may not be looked into is as good as one in which nothing is.

function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  return statOf(path)?.isFile() ?? false;
}

function statOf(path: string): ReturnType<typeof statSync> | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
