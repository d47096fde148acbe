// The program as people install it: both packages are made, put where their package managers put them, and tested there. What these
// fetch is fetched once, so that the tests install from folders and need no network.

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { runCommand } from './commands.ts';
import { runNodeTests, runNodeTestsAgainAlone } from './node-tests.ts';
import { NPM, packNpm } from './npm.ts';
import type { Tally } from './tally.ts';
import { addTallies, NOTHING } from './tally.ts';
import { buildWheel } from './wheel.ts';

const HOME = resolve('var/installed');
/** Our wheel and that of the runtime: all that an installation needs. */
const WHEELHOUSE = join(HOME, 'wheelhouse');
/** The same, with a stand-in for the runtime, so that not each installer unpacks 200 MB. */
const LIGHT = join(HOME, 'wheelhouse-light');
/** What uv has unpacked of these, in a run of the tests. */
const UNPACKED = join(HOME, 'unpacked');
/** Compiled code of the programs under test. */
const CACHES = join(HOME, 'caches');
const PYTHON = '.venv/bin/python';
const UV = resolve('.venv/bin/uv');
const NODE = resolve('.venv/node/bin/node');

/** Of the integration tests those that find a path, a late import or a program missing, if one is. */
const FROM_THE_WHEEL = [
  'access-log',
  'application-environment',
  'asgi-command-lines',
  'edge-killed',
  'edge-threads',
  'folder-lock',
  'python-asked',
  'reload',
  'service-manager',
  'static-files',
  'supervisor-init',
];
/** The files in the npm package are the same: what differs is how they are found. */
const FROM_NPM = ['service-manager', 'static-files'];

export async function testInstalled(): Promise<Tally> {
  const fault = await fillWheelhouse();
  if (fault !== undefined) return failed(fault);
  const wheel = await buildWheel(WHEELHOUSE);
  const npmPackage = await packNpm(join(HOME, 'npm'));
  const fromPython = join(HOME, 'venv');
  const fromNpm = join(HOME, 'node');
  for (const folder of [fromPython, fromNpm, LIGHT, UNPACKED, CACHES]) rmSync(folder, { recursive: true, force: true });
  for (const folder of [fromNpm, LIGHT, CACHES]) mkdirSync(folder);
  copyFileSync(wheel, join(LIGHT, basename(wheel)));
  const inPython = ['--python', join(fromPython, 'bin/python'), '--no-index', '--find-links', WHEELHOUSE];
  const unfit = await runAll([
    [PYTHON, 'tests/installed/fakes/runtime_wheel.py', LIGHT, process.versions.node, NODE],
    [UV, 'venv', '--quiet', '--python', PYTHON, fromPython],
    [UV, 'pip', 'install', '--quiet', ...inPython, '--reinstall-package', 'portico', wheel],
    [NODE, NPM, 'install', '--offline', '--silent', '--prefix', fromNpm, npmPackage],
  ]);
  if (unfit !== undefined) return failed(unfit);
  Object.assign(process.env, {
    PORTICO_TEST_WHEEL: join(LIGHT, basename(wheel)),
    PORTICO_TEST_NPM: npmPackage,
    XDG_CACHE_HOME: CACHES,
    UV_FIND_LINKS: LIGHT,
    UV_OFFLINE: '1',
    UV_CACHE_DIR: UNPACKED,
    // The tests change what is installed, and must not change it for each other.
    UV_LINK_MODE: 'copy',
    PIP_FIND_LINKS: LIGHT,
    PIP_NO_INDEX: '1',
    // The npm package takes the Node.js that its user has.
    PATH: `${dirname(NODE)}:${process.env['PATH']}`,
  });
  return addTallies([
    await runNodeTestsAgainAlone('installed', {
      include: ['tests/installed/*.test.ts'],
      concurrency: 2,
      reporter: 'spec',
    }),
    await testProgram(join(fromPython, 'bin/portico'), FROM_THE_WHEEL),
    await testProgram(join(fromNpm, 'node_modules/.bin/portico'), FROM_NPM),
  ]);
}

function failed(fault: string): Tally {
  return { ...NOTHING, failed: 1, notes: [`FAILED installed: ${fault}`] };
}

/** Gives what went wrong, if anything did. */
async function runAll(commands: readonly (readonly string[])[]): Promise<string | undefined> {
  for (const command of commands) {
    const { ok, output } = await runCommand(command, true);
    if (!ok) return `${command.join(' ')}: ${output.trim()}`;
  }
  return undefined;
}

async function testProgram(program: string, names: readonly string[]): Promise<Tally> {
  console.log(`\n${program}`);
  process.env['PROGRAM_UNDER_TEST'] = program;
  const include = names.map((name) => `tests/integration/${name}.test.ts`);
  const missing = include.filter((path) => !existsSync(path)).map((path) => `FAILED installed: there is no ${path}`);
  const tally = await runNodeTests('installed', { include, concurrency: 2, reporter: 'dot' });
  delete process.env['PROGRAM_UNDER_TEST'];
  return addTallies([tally, { ...NOTHING, failed: missing.length, notes: missing }]);
}

/** Fetches the runtime, if it is not there in the version that the checkout runs on. Gives what went wrong, if anything did. */
async function fillWheelhouse(): Promise<string | undefined> {
  const stamp = join(HOME, 'stamp');
  const wanted = readFileSync('requirements-runtime.txt', 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined;
  rmSync(HOME, { recursive: true, force: true });
  mkdirSync(WHEELHOUSE, { recursive: true });
  const download = [PYTHON, '-m', 'pip', 'download', '--quiet', '-r', 'requirements-runtime.txt'];
  const fault = await runAll([[...download, '--dest', WHEELHOUSE]]);
  if (fault !== undefined) return fault;
  writeFileSync(stamp, wanted);
  return undefined;
}
