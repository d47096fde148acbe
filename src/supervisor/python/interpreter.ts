/**
 * Which Python runs the application: as named, the one of `python -m portico`, that of what `uv run --with` has made, of the environment that
 * Portico is installed in with the site, of the active one, of one that belongs to the application's folder or to a folder above it, or python3. An
 * environment that is there and cannot be used is a fault: with another Python the site would have other packages, or none.
 *
 * A service has no VIRTUAL_ENV, and a PATH without the user's tools. So what belongs to the folder is found without either, and a
 * variable that leads elsewhere is told of.
 */

import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { targetOf } from '../app-name.ts';
import type { Installation } from '../installation.ts';
import { isFile, isWithin, realPath } from '../paths.ts';
import type { Variables } from './environment.ts';
import {
  environmentOf,
  holdsPackages,
  isEnvironment,
  isOfTool,
  isOverlay,
  programOf,
  whyNoEnvironment,
} from './environment.ts';
import { environmentsAbout, isProject, isTrustedAbove } from './environments-about.ts';
import type { AskedTool, AskTool } from './project-tools.ts';
import { whyUnusable } from './python-program.ts';

export interface Interpreter {
  readonly path: string;
  /** The virtual environment that the Python belongs to, or ''. */
  readonly venv: string;
  /** Where the Python was found, in words that follow its name. */
  readonly origin: string;
  /** It is where everybody would look first, and need not be told at the start. */
  readonly isPlain: boolean;
  /** What was passed over before it was found, one sentence each. */
  readonly warnings: readonly string[];
}

export interface InterpreterSearch {
  /** --python, or ''. */
  readonly named: string;
  readonly installation: Installation;
  readonly app: string;
  readonly chdir: string;
  /** The folder that the server was told to run in, where the application was found in a folder below, which is `chdir` then. */
  readonly servedFrom?: string;
  readonly cwd: string;
  readonly env: Variables;
  readonly ask?: AskTool;
}

export function findInterpreter(search: InterpreterSearch): Outcome<Interpreter> {
  const { named, installation, cwd, env } = search;
  if (named !== '') {
    return findNamed(named, cwd, env);
  }
  if (installation.isAsked) {
    const { python } = installation;
    return success(interpreter(python, environmentOf(python), 'which was told to run portico', { isPlain: true }));
  }
  const overlay = findOverlay(search);
  if (overlay !== undefined) {
    return overlay;
  }
  const own = ownEnvironment(installation, env);
  if (own !== '' && holdsPackages(own) && !isOfTool(own)) {
    return takeOwn(own, search);
  }
  return findActive(search) ?? findAbout(search) ?? findElsewhere(search, own);
}

/** Whichever of the environments below it Portico is in: the packages of all are there in this one alone. */
function findOverlay({ env: { VIRTUAL_ENV: active } }: InterpreterSearch): Outcome<Interpreter> | undefined {
  if (!active || !isOverlay(active) || whyNoEnvironment(active) !== undefined) {
    return undefined;
  }
  const origin = 'of the environment that uv run --with has made';
  return success(interpreter(programOf(active), active, origin, { isPlain: false }));
}

/** As with every program of an environment, its own Python is meant. If another could be, that is told. */
function takeOwn(own: string, search: InterpreterSearch): Outcome<Interpreter> {
  const fault = whyNoEnvironment(own);
  if (fault !== undefined) {
    return unusable(own, fault);
  }
  const active = search.env['VIRTUAL_ENV'];
  const about = findAbout({ ...search, ask: nobody });
  const beside = about?.ok ? about.value.venv : '';
  const others = [
    ...(active && !isSame(active, own) ? [`VIRTUAL_ENV is ${active}`] : []),
    ...(beside !== '' && !isSame(beside, own) && beside !== active ? [`${beside} belongs to the application`] : []),
  ];
  const warnings = others.map(
    (other) =>
      `${other}, and Portico is installed in ${own}, which is used. Run the portico of the other one, or name a Python with --python`,
  );
  const origin = 'of the environment that Portico is installed in';
  return success(interpreter(programOf(own), own, origin, { isPlain: warnings.length === 0, warnings }));
}

function unusable(venv: string, fault: string): Outcome<Interpreter> {
  return failure(
    `the virtual environment ${venv} cannot be used: ${fault}. Make it again (python3 -m venv --clear ${venv}, and install the site's packages), remove it, or name a Python with --python`,
  );
}

const nobody: AskTool = () => success(undefined);

/** The environment in use in this shell, unless it is another project's and the application has one of its own. */
function findActive(search: InterpreterSearch): Outcome<Interpreter> | undefined {
  const { env, cwd } = search;
  const [variable, said] = activeEnvironment(env);
  if (said === undefined) {
    return undefined;
  }
  // A relative path is one of this folder; the Python is started in the application's.
  const active = resolve(cwd, said);
  const fault = whyNoEnvironment(active);
  if (fault !== undefined) {
    return failure(
      `${variable} is ${active}, where ${fault}. Activate another environment, unset it, or name a Python with --python`,
    );
  }
  const about = findAbout({ ...search, ask: nobody });
  const other = about?.ok && about.value.venv !== '' && !isSame(about.value.venv, active) ? about.value : undefined;
  if (other !== undefined && isOfOtherProject(active, search)) {
    const warning = `${variable} is ${active}, the environment of another project: that of this one, ${other.venv}, is used. Name the other with --python ${programOf(active)}`;
    return success({ ...other, isPlain: false, warnings: [...other.warnings, warning] });
  }
  const warning = `${variable} is ${active}, and ${other?.venv} belongs to the application: the first is used, because it is active. A service has no ${variable}, and would use the other: settle it with --python`;
  return success(
    interpreter(programOf(active), active, `of $${variable}`, {
      isPlain: other === undefined && about?.ok === true,
      warnings: other === undefined ? [] : [warning],
    }),
  );
}

/** conda makes its environment "base" active in every shell, so that one says nothing about the application. */
function activeEnvironment(env: Variables): readonly [variable: string, folder: string | undefined] {
  const { VIRTUAL_ENV: virtual, CONDA_PREFIX: conda, CONDA_DEFAULT_ENV: name } = env;
  if (virtual) {
    return ['VIRTUAL_ENV', virtual];
  }
  return ['CONDA_PREFIX', conda && name !== 'base' ? conda : undefined];
}

/** `other/.venv`, where the application is neither in `other`, nor `other` in a folder of the application. */
function isOfOtherProject(active: string, { chdir }: InterpreterSearch): boolean {
  const home = realPath(dirname(active));
  const here = realPath(chdir);
  return isProject(home) && !isWithin(here, home) && !isWithin(home, here);
}

/** Beside the application, in a folder above it, or kept for it by a tool. */
function findAbout(search: InterpreterSearch): Outcome<Interpreter> | undefined {
  const { env, ask = () => success(undefined) } = search;
  const warnings: string[] = [];
  const asked: AskedTool = (...question) => {
    const answer = ask(...question);
    if (!answer.ok) {
      warnings.push(answer.fault);
    }
    return answer.ok ? answer.value : undefined;
  };
  for (const found of environmentsAbout(applicationFolders(search), env, asked)) {
    const fault = whyNoEnvironment(found.venv);
    if (fault === undefined) {
      const { venv, origin, isPlain } = found;
      const isVirtual = isFile(join(venv, 'pyvenv.cfg')) || isPlain;
      return success(interpreter(programOf(venv), isVirtual ? venv : '', origin, { isPlain, warnings }));
    }
    if (isEnvironment(found.venv)) {
      return unusable(found.venv, fault);
    }
    if (found.isPlain) {
      warnings.push(`${found.venv} is no virtual environment (${fault}) and is passed over`);
    }
  }
  return warnings.length === 0 ? undefined : passOver(warnings, search);
}

function passOver(warnings: readonly string[], search: InterpreterSearch): Outcome<Interpreter> {
  const found = findElsewhere(search, ownEnvironment(search.installation, search.env));
  return found.ok ? success({ ...found.value, warnings: [...warnings, ...found.value.warnings] }) : found;
}

/** Where nothing belongs to the application: the Python that Portico is installed for, which has a site's packages, or the first on the PATH. */
function findElsewhere({ installation, env }: InterpreterSearch, own: string): Outcome<Interpreter> {
  const python = programOfInstallation(installation, env);
  if (python !== undefined && (own === '' || holdsPackages(own))) {
    return success(interpreter(python, own, 'that Portico is installed for', { isPlain: own === '' }));
  }
  const found = findOnPath('python3', env) ?? findOnPath('python', env) ?? python;
  return found === undefined
    ? failure(
        'no Python was found: neither $VIRTUAL_ENV, nor .venv beside the application, nor python3 on the PATH. Name one with --python',
      )
    : success(
        interpreter(found, '', 'the first on the PATH: there is no .venv beside the application', { isPlain: false }),
      );
}

function interpreter(
  path: string,
  venv: string,
  origin: string,
  { isPlain, warnings = [] }: { readonly isPlain: boolean; readonly warnings?: readonly string[] },
): Interpreter {
  return { path, venv, origin, isPlain, warnings };
}

/** The environment that Portico is installed in, also if its Python is gone, or ''. */
function ownEnvironment(installation: Installation, env: Variables): string {
  const isPath = installation.python.includes('/');
  const python = isPath ? installation.python : programOfInstallation(installation, env);
  return python === undefined ? '' : environmentOf(python);
}

function programOfInstallation({ python }: Installation, env: Variables): string | undefined {
  if (python === '' || python.includes('/')) {
    return python !== '' && whyUnusable(python) === undefined ? python : undefined;
  }
  return findOnPath(python, env);
}

/** A virtual environment may stand for its Python. */
function programIn(path: string): string {
  return isFile(join(path, 'pyvenv.cfg')) ? join(path, 'bin/python') : path;
}

function findNamed(named: string, cwd: string, env: Variables): Outcome<Interpreter> {
  const path = named.includes('/') ? programIn(resolve(cwd, named)) : findOnPath(named, env);
  if (path === undefined) {
    return failure(`--python: "${named}" is not a program on the PATH`);
  }
  const fault = whyUnusable(path);
  if (fault !== undefined) {
    return failure(`--python: ${path} is not a program that can be run: ${fault}`);
  }
  return success(interpreter(path, environmentOf(path), 'named by --python', { isPlain: true }));
}

/**
 * For an application `site/mysite/wsgi.py`: the folder of the file, the one above it, then the folder that the server runs in, and last the one
 * in which it was told to serve what is below. Above the last, `foldersAbove` tells which count.
 */
function applicationFolders({ app, chdir, servedFrom }: InterpreterSearch): string[] {
  const told = servedFrom !== undefined && isWithin(chdir, servedFrom) ? [servedFrom] : [];
  const file = targetOf(app);
  if (!file.endsWith('.py')) {
    return [chdir, ...told];
  }
  const folder = dirname(resolve(chdir, file));
  const above = dirname(folder);
  const isCounted = !isWithin(chdir, above) && isTrustedAbove(above, folder);
  return [...new Set([folder, ...(isCounted ? [above] : []), chdir, ...told])];
}

function findOnPath(name: string, env: Variables): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, name)).find((path) => whyUnusable(path) === undefined);
}

function isSame(one: string, other: string): boolean {
  return realPath(one) === realPath(other);
}
