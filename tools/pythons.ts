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
const REQUIREMENTS = 'requirements-pytest.txt';
const PROBE =
  'import sys, sysconfig; print("%d.%d%s" % (*sys.version_info[:2], "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""), sys.executable)';

export async function testPythons(): Promise<Tally> {
  if (globSync('python/tests/**/test_*.py').length === 0) return NOTHING;
  const pythons = await findPythons();
  const missing = PROMISED.filter((version) => !pythons.some((python) => python.version === version));
  console.log(`Python ${pythons.map((python) => python.version).join(', ')}`);
  const waiting = [...pythons];
  const tallies: Tally[] = [];
  const takeNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) tallies.push(await testPython(next));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, takeNext));
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

async function testPython(python: Python): Promise<Tally> {
  const step = `python ${python.version}`;
  const home = join('var/pythons', python.version);
  const fault = await makeEnvironment(python.program, home, REQUIREMENTS);
  if (fault !== undefined) return { passed: 0, failed: 1, skipped: 0, notes: [`FAILED ${step}: ${fault}`] };
  const report = join(home, 'report.xml');
  rmSync(report, { force: true });
  const pytest = [join(home, 'bin/python'), '-m', 'pytest', '-q', `--junitxml=${report}`];
  const { ok, output } = await runCommand(pytest, true, PYTEST_TIMEOUT_MS);
  console.log(`$ ${pytest.join(' ')}\n${output.trimEnd()}`);
  return readReport(step, report, ok);
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
