/** The environments that may belong to an application: in its folder, kept for its folder by a tool, and the same in the folders above. */

import { dirname, join, resolve } from 'node:path';
import { exists, statOf } from '../paths.ts';
import type { Variables } from './environment.ts';
import { environmentsIn, followRedirect, isEnvironment } from './environment.ts';
import type { AskedTool } from './project-tools.ts';
import { environmentOfPyenv, environmentOfTools } from './project-tools.ts';

export interface FoundEnvironment {
  readonly venv: string;
  /** In words that follow the name of its Python. */
  readonly origin: string;
  /** It has the name and the place that everybody gives an environment. */
  readonly isPlain: boolean;
}

/** Names that mean an environment, whatever is in the folder … */
const NAMES = ['.venv', 'venv'];
/** … and names of which only what is in the folder tells. */
const OTHER_NAMES = ['env', '.conda'];
/** Files of a project, beside which its environment is. */
const PROJECT_FILES = [
  '.git',
  'pyproject.toml',
  'uv.lock',
  'poetry.lock',
  'Pipfile',
  'requirements.txt',
  'setup.py',
  'setup.cfg',
  'manage.py',
];
/** Folders above the application that are looked into; a repository is not nested deeper. */
const LEVELS_MAX = 8;
const WRITABLE_BY_ANYBODY = 0o002;

/** The nearest first. */
export function* environmentsAbout(
  folders: readonly string[],
  env: Variables,
  ask: AskedTool,
): Generator<FoundEnvironment> {
  const own = env['UV_PROJECT_ENVIRONMENT'];
  for (const [index, folder] of [...folders, ...foldersAbove(folders.at(-1) ?? '/', env)].entries()) {
    const isBeside = index < folders.length;
    if (own && exists(join(folder, 'pyproject.toml')) && isEnvironment(resolve(folder, own))) {
      yield { venv: resolve(folder, own), origin: 'of $UV_PROJECT_ENVIRONMENT', isPlain: false };
    }
    yield* environmentsOf(folder, isBeside, env);
    const ofTool = environmentOfTools(folder, env, ask);
    if (ofTool !== undefined) {
      yield { ...ofTool, isPlain: false };
    }
  }
  for (const folder of [...folders, ...foldersAbove(folders.at(-1) ?? '/', env)]) {
    const ofPyenv = environmentOfPyenv(folder, env);
    if (ofPyenv !== undefined) {
      yield { ...ofPyenv, isPlain: false };
    }
  }
}

function* environmentsOf(folder: string, isBeside: boolean, env: Variables): Generator<FoundEnvironment> {
  const origin = isBeside ? 'of the environment beside the application' : `of the environment in ${folder}`;
  for (const name of NAMES) {
    const path = join(folder, name);
    if (exists(path)) {
      const venv = followRedirect(path, env);
      yield { venv, origin: venv === path ? origin : `of the environment that ${path} names`, isPlain: isBeside };
    }
  }
  for (const name of OTHER_NAMES) {
    const path = join(folder, name);
    if (exists(path) && isEnvironment(path)) {
      yield { venv: path, origin, isPlain: isBeside };
    }
  }
  // An environment by another name is only taken where it is the only one.
  const [only, ...others] = isBeside ? environmentsIn(folder) : [];
  if (only !== undefined && others.length === 0) {
    yield { venv: only, origin, isPlain: isBeside };
  }
}

/**
 * Folders of projects above the application's, up to the end of the repository: of a workspace, or of the project that the folder is a part of. Only folders
 * that nobody else may write in count: what is in them is run.
 */
function foldersAbove(folder: string, env: Variables): string[] {
  const found: string[] = [];
  let at = folder;
  for (let level = 0; level < LEVELS_MAX && at !== dirname(at) && !exists(join(at, '.git')); level += 1) {
    at = dirname(at);
    if (!isTrustedAbove(at, folder)) {
      break;
    }
    if (at !== env['HOME'] && isProject(at)) {
      found.push(at);
    }
  }
  return found;
}

export function isProject(folder: string): boolean {
  return PROJECT_FILES.some((name) => exists(join(folder, name)));
}

/** Whether a folder above an application's belongs to the same owner, to us or to root, and nobody else may write in it: in /tmp anybody can lay a `.venv`. */
export function isTrustedAbove(above: string, folder: string): boolean {
  const stat = statOf(above);
  const owners = [statOf(folder)?.uid, process.geteuid?.(), 0];
  return stat !== undefined && owners.includes(stat.uid) && (Number(stat.mode) & WRITABLE_BY_ANYBODY) === 0;
}
