// The worker promises to run on every Python from 3.9 on, so its tests run on every one that this machine has.
// Each gets a virtual environment with pytest under var/, made once.

import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './commands.ts';
import { makeEnvironment } from './python-environment.ts';
import type { Tally } from './tally.ts';
import { addTallies, NOTHING } from './tally.ts';

export interface Python {
  /** `3.13`, or `3.13t` for a free-threaded build. */
  readonly version: string;
  readonly program: string;
}

/** What is promised; a version that is not here is named, never passed over in silence. */
const PROMISED = ['3.9', '3.10', '3.11', '3.12', '3.13', '3.14', '3.14t'];
/** The tests wait for processes that they have started for half of their time: two for each of two cores take little longer than one. */
const AT_A_TIME = 4;
/** One takes two to three minutes beside three others; a test that hangs is shown by pytest after two. */
const PYTEST_TIMEOUT_MS = 8 * 60_000;
/** Whatever is broken fails in more tests than this; what a neighbour's load has done, in one. */
const AGAIN_TESTS_MAX = 5;
const REQUIREMENTS = 'requirements-pytest.txt';
const PROBE =
  'import sys, sysconfig; print("%d.%d%s" % (*sys.version_info[:2], "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""), sys.executable)';

export async function testPythons(): Promise<Tally> {
  if (globSync('python/tests/**/test_*.py').length === 0) return NOTHING;
  const pythons = await findPythons();
  const missing = PROMISED.filter((version) => !pythons.some((python) => python.version === version));
  console.log(`Python ${pythons.map((python) => python.version).join(', ')}`);
  const waiting = [...pythons];
  const runs: PythonRun[] = [];
  const takeNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) runs.push(await testPython(next));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, takeNext));
  const tallies: Tally[] = [];
  for (const run of runs) tallies.push(await testAgainAlone(run));
  if (missing.length > 0) console.log(`Not found on this machine, so not tested: Python ${missing.join(', ')}`);
  const notes = missing.map((version) => `NOT RUN pythons: no Python ${version} on this machine`);
  return addTallies([...tallies, { ...NOTHING, notes }]);
}

/** Of the promised versions, those that this machine has, the oldest first. */
export async function findPythons(): Promise<Python[]> {
  const found = new Map<string, Python>();
  for (const candidate of candidates()) {
    const { ok, output } = await runCommand([candidate, '-c', PROBE], true);
    const [version = '', program = ''] = output.trim().split(' ');
    if (ok && PROMISED.includes(version) && !found.has(version)) found.set(version, { version, program });
  }
  return PROMISED.flatMap((version) => found.get(version) ?? []);
}

function candidates(): string[] {
  const pyenv = process.env['PYENV_ROOT'] ?? join(process.env['HOME'] ?? '/', '.pyenv');
  return [
    ...globSync(join(pyenv, 'versions/*/bin/python')).sort(),
    ...PROMISED.map((version) => `python${version}`),
    '/usr/bin/python3',
    'python3',
  ];
}

interface PythonRun {
  readonly step: string;
  readonly home: string;
  readonly tally: Tally;
  /** pytest's names of the tests that failed. */
  readonly failed: readonly string[];
}

async function testPython(python: Python): Promise<PythonRun> {
  const step = `python ${python.version}`;
  const home = join('var/pythons', python.version);
  const fault = await makeEnvironment(python.program, home, REQUIREMENTS);
  if (fault !== undefined) {
    const tally = { passed: 0, failed: 1, skipped: 0, notes: [`FAILED ${step}: ${fault}`] };
    return { step, home, tally, failed: [] };
  }
  return { step, home, ...(await runPytest(step, home)) };
}

async function runPytest(
  step: string,
  home: string,
  tests: readonly string[] = [],
): Promise<Pick<PythonRun, 'tally' | 'failed'>> {
  const report = join(home, 'report.xml');
  rmSync(report, { force: true });
  const pytest = [join(home, 'bin/python'), '-m', 'pytest', '-q', `--junitxml=${report}`, ...tests];
  const { ok, output } = await runCommand(pytest, true, PYTEST_TIMEOUT_MS);
  console.log(`$ ${pytest.join(' ')}\n${output.trimEnd()}`);
  return { tally: readReport(step, report, ok), failed: failedTests(output) };
}

/** What failed beside the tests of other Pythons runs once more when these are over, as the files of node:test do (node-tests.ts). */
async function testAgainAlone({ step, home, tally, failed }: PythonRun): Promise<Tally> {
  if (failed.length === 0 || failed.length > AGAIN_TESTS_MAX) return tally;
  console.log(`\n${step}: once more, alone: ${failed.join(', ')}`);
  const again = await runPytest(step, home, failed);
  return again.tally.failed > 0 ? tally : passedAgain(tally, step, failed);
}

export function passedAgain(tally: Tally, step: string, tests: readonly string[]): Tally {
  const notes = tests.map((test) => `UNSTABLE: passed when it ran again alone, failed ${step}: ${test}`);
  return { passed: tally.passed + tally.failed, failed: 0, skipped: tally.skipped, notes };
}

/** The tests that the last lines of pytest name, as it takes them on its command line. */
export function failedTests(output: string): string[] {
  // One that fails and cannot be taken down either is named twice.
  const named = output.matchAll(/^(?:FAILED|ERROR) (\S+\.py::.+?)(?: - .*)?$/gm);
  return [...new Set([...named].map(([, name = '']) => name))];
}

/** pytest's own counts; a run that ended without a report, or badly without a failure in it, is a failure. */
function readReport(step: string, report: string, ok: boolean): Tally {
  const suite = existsSync(report) ? /<testsuite [^>]*>/.exec(readFileSync(report, 'utf8'))?.[0] : undefined;
  const count = (name: string): number => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite ?? '')?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  const skipped = count('skipped');
  const passed = count('tests') - failed - skipped;
  if (ok && failed === 0) return { passed, failed, skipped, notes: [] };
  return { passed, failed: Math.max(1, failed), skipped, notes: [`FAILED ${step}: see pytest's output above`] };
}
