/** Which Python runs the application: as named, of the active virtual environment, of the one beside the application, or python3. */

import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';

const VENV_FOLDERS = ['.venv', 'venv'];
const OLDEST = [3, 9] as const;

export interface Interpreter {
  readonly path: string;
  /** Of the virtual environment, or ''. */
  readonly venv: string;
}

export interface InterpreterSearch {
  /** --python, or ''. */
  readonly named: string;
  readonly app: string;
  readonly chdir: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function findInterpreter({ named, app, chdir, cwd, env }: InterpreterSearch): Outcome<Interpreter> {
  if (named !== '') {
    return findNamed(named, cwd, env);
  }
  const active = env['VIRTUAL_ENV'];
  if (active) {
    const path = join(active, 'bin', 'python');
    return isExecutable(path)
      ? success({ path, venv: active })
      : failure(
          `VIRTUAL_ENV is ${active}, where there is no bin/python. Activate another environment, unset it, or name a Python with --python`,
        );
  }
  for (const folder of applicationFolders(app, chdir)) {
    for (const venv of VENV_FOLDERS.map((name) => join(folder, name))) {
      const path = join(venv, 'bin', 'python');
      if (isExecutable(path)) {
        return success({ path, venv });
      }
    }
  }
  const found = findOnPath('python3', env) ?? findOnPath('python', env);
  return found === undefined
    ? failure(
        'no Python was found: neither $VIRTUAL_ENV, nor .venv beside the application, nor python3 on the PATH. Name one with --python',
      )
    : success({ path: found, venv: '' });
}

/** Why a Python did not even begin, in words; undefined when its version is not the reason. Asked only after it failed. */
export function explainVersion(path: string): Promise<string | undefined> {
  return new Promise((done) => {
    execFile(
      path,
      ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])'],
      { timeout: 5000 },
      (error, stdout) => {
        const [major = 0, minor = 0] = stdout.trim().split('.').map(Number);
        if (error) {
          done(`${path} does not run (${error.message.split('\n')[0]}). Name another Python with --python`);
        } else if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
          done(
            `${path} is Python ${stdout.trim()}, and ${OLDEST.join('.')} or later is needed. Name another with --python`,
          );
        } else {
          done(undefined);
        }
      },
    );
  });
}

function findNamed(named: string, cwd: string, env: InterpreterSearch['env']): Outcome<Interpreter> {
  const path = named.includes('/') ? resolve(cwd, named) : findOnPath(named, env);
  if (path === undefined || !isExecutable(path)) {
    return failure(`--python: ${path ?? `"${named}"`} is not a program that can be run`);
  }
  const venv = dirname(dirname(path));
  return success({ path, venv: isFile(join(venv, 'pyvenv.cfg')) ? venv : '' });
}

/** For `site/mysite/wsgi.py`: its folder, then the one that is run in. */
function applicationFolders(app: string, chdir: string): Set<string> {
  const folders = app.endsWith('.py') ? [dirname(resolve(chdir, app)), dirname(dirname(resolve(chdir, app)))] : [];
  return new Set([...folders, chdir]);
}

function findOnPath(name: string, env: InterpreterSearch['env']): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
