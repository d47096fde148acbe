// The site of the pages in docs/, by Sphinx, in var/site. Every warning is an error.
// Sphinx has an environment of its own under var/, made once.

import { globSync, readFileSync } from 'node:fs';
import { runCommand } from './commands.ts';
import { makeEnvironment } from './python-environment.ts';
import { findPythons } from './pythons.ts';

const HOME = 'var/docs';
const REQUIREMENTS = 'requirements-docs.txt';
export const SITE = 'var/site';
/** What the pinned Sphinx can be had for. */
const OLDEST_MINOR = 11;

/** Gives what went wrong, if anything did. */
export async function buildSite(): Promise<string | undefined> {
  const python = await findPython();
  if (python === undefined) {
    return `the site needs Python 3.${OLDEST_MINOR} or later, because its generator (Sphinx) does, and this machine has none. The pages can be read as they are, in docs/`;
  }
  const fault = await makeEnvironment(python, HOME, REQUIREMENTS);
  if (fault !== undefined) return fault;
  // A page that has not changed since the last time would not be read again, and its warnings would be missing.
  const options = ['--builder', 'html', '--quiet', '--jobs', 'auto', '--fail-on-warning', '--fresh-env'];
  const { ok } = await runCommand([`${HOME}/bin/sphinx-build`, ...options, 'docs', SITE]);
  return ok ? findForeign() : 'the pages have the faults above';
}

/** Scripts, styles, fonts and pictures come with the site: it is read without a network, and tells nobody who reads it. */
function findForeign(): string | undefined {
  const isForeign = /<(?:script|link|img|iframe)[^>]*(?:src|href)="(?:https?:)?\/\/|@import|url\(["']?(?:https?:)?\/\//;
  const found = globSync(`${SITE}/**/*.{html,css}`).filter((path) => isForeign.test(readFileSync(path, 'utf8')));
  return found.length === 0 ? undefined : `these files load something from elsewhere: ${found.join(', ')}`;
}

/** The newest that is no free-threaded build, for which not every package has wheels. */
async function findPython(): Promise<string | undefined> {
  const pythons = (await findPythons()).filter(({ version }) => !version.endsWith('t'));
  return pythons.findLast(({ version }) => Number(version.slice(2)) >= OLDEST_MINOR)?.program;
}

export async function mayBuildSite(): Promise<boolean> {
  return (await findPython()) !== undefined;
}
