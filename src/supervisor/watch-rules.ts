/**
 * Which files --reload watches, and which folders it enters. The order of the rules: what the developer excludes, what the developer includes, what
 * is never a source (hidden files, environments, uploads), what is one by its ending.
 */

import { basename, dirname, isAbsolute, matchesGlob, normalize, relative, resolve } from 'node:path';
import type { App } from '../config/model/app.ts';
import type { Development } from '../config/model/server-model.ts';
import { targetOf } from './app-name.ts';
import { isWithin } from './paths.ts';

const LEFT_OUT = new Set(['venv', 'node_modules', '__pycache__', 'media', 'site-packages', 'staticfiles']);
const SOURCES = /\.(py|html?|jinja2?|j2|mako|mo|toml)$/;
const ENVIRONMENT_FILE = /^\.env[\w.]*$/;
/** A folder that has this file is an environment, whatever its name is. */
export const ENVIRONMENT_MARK = 'pyvenv.cfg';

export interface WatchPatterns {
  /** Globs, or absolute paths of folders. */
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
}

/** What --reload watches. */
export interface WatchedPlaces {
  /** Absolute paths of folders. */
  readonly roots: readonly string[];
  /** Single files that may be elsewhere. */
  readonly files: readonly string[];
  readonly rules: WatchRules;
}

type Pattern = (path: string, root: string) => boolean;

export class WatchRules {
  readonly #includes: readonly Pattern[];
  readonly #excludes: readonly Pattern[];
  readonly #named: ReadonlySet<string>;
  readonly #includedFolders: readonly string[];

  constructor({ includes, excludes }: WatchPatterns) {
    this.#includes = includes.map(compilePattern);
    this.#excludes = excludes.map(compilePattern);
    this.#named = new Set(includes.filter((text) => !isAbsolute(text)).flatMap((text) => text.split('/')));
    this.#includedFolders = includes.filter(isAbsolute);
  }

  /** `path` is absolute, and below `root`. */
  isSource(path: string, root: string): boolean {
    if (this.#excludes.some((matches) => matches(path, root))) {
      return false;
    }
    return isSourceName(basename(path)) || this.#includes.some((matches) => matches(path, root));
  }

  isEntered(path: string, root: string): boolean {
    if (this.#excludes.some((matches) => matches(path, root))) {
      return false;
    }
    const name = basename(path);
    const isNamed = this.#named.has(name) || this.#includedFolders.some((folder) => isWithin(folder, path));
    return isNamed || !(name.startsWith('.') || LEFT_OUT.has(name));
  }
}

function isSourceName(name: string): boolean {
  // A name that begins with a dot is an editor's: the swap file of vim, the lock of Emacs.
  return name.startsWith('.') ? ENVIRONMENT_FILE.test(name) : SOURCES.test(name);
}

/** A pattern without a slash is about names, wherever they are; one with a slash is about the end of the path. */
function compilePattern(text: string): Pattern {
  if (isAbsolute(text)) {
    return (path) => isWithin(path, text) || matchesGlob(path, text);
  }
  const pattern = normalize(text).replace(/\/+$/, '');
  if (!pattern.includes('/')) {
    return (path) => matchesGlob(basename(path), pattern);
  }
  return (path, root) => {
    const below = relative(root, path);
    return matchesGlob(below, pattern) || matchesGlob(below, `**/${pattern}`);
  };
}

/** Of an application, what says where its sources are. */
type Watched = Pick<App, 'target' | 'chdir' | 'envFile'>;

/** What the settings ask to be watched. `isFolder` looks: an include or exclude that is a folder means the folder, any other is a glob. */
export function placesOf(
  asked: Development,
  { cwd, apps }: { readonly cwd: string; readonly apps: readonly Watched[] },
  isFolder: (path: string) => boolean,
): WatchedPlaces {
  const absolute = (text: string): string => {
    const path = resolve(cwd, text);
    return isFolder(path) ? path : text;
  };
  const named = asked.folders.map((folder) => resolve(cwd, folder));
  const includes = asked.includes.map(absolute);
  const roots = [
    ...(named.length > 0 ? named : apps.flatMap((app) => sourcesOf(app, isFolder))),
    ...includes.filter((text) => isAbsolute(text) && isFolder(text)),
  ];
  return {
    roots: [...new Set(roots)],
    files: [...new Set(apps.map(({ envFile }) => envFile).filter((path) => path !== ''))],
    rules: new WatchRules({ includes, excludes: asked.excludes.map(absolute) }),
  };
}

function sourcesOf({ target, chdir }: Watched, isFolder: (path: string) => boolean): string[] {
  const file = targetOf(target);
  const isPath = file.endsWith('.py') || file.includes('/');
  const path = resolve(chdir, file);
  // An application in a folder elsewhere is run there, and nothing of it is in the current one.
  const beside = isFolder(path) ? [path] : [chdir, dirname(path)];
  return isPath && !isWithin(path, chdir) ? beside : [chdir];
}
