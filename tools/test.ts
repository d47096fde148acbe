// `make test`: everything a change must pass, in the order in which it is cheapest to learn that something is wrong.
// Every step runs, whatever the one before it said, so that one run shows all that is wrong.
// Usage: node tools/test.ts [STEP …]

import { existsSync, globSync, readFileSync } from 'node:fs';
import { runChecks } from './commands.ts';
import { REDIS, setUpFrameworks, testFrameworks } from './frameworks.ts';
import { testInstalled } from './installed.ts';
import { joinFiles, runNodeTests, runNodeTestsAgainAlone } from './node-tests.ts';
import { testPeers } from './peers.ts';
import { testPythons } from './pythons.ts';
import { mayBuildSite } from './site.ts';
import type { Tally } from './tally.ts';
import { addTallies, NOTHING, renderClosingLine } from './tally.ts';

interface Step {
  readonly name: string;
  run(): Promise<Tally>;
}

const CHROMIUM = '/usr/bin/chromium';
const NGINX = '/usr/sbin/nginx';
const INTEGRATION = 'tests/integration/**/*.test.ts';
const NEEDS_NGINX = 'tests/integration/behind-nginx.test.ts';
/** Tests that say how long something may take. A neighbour's work would count, so they run alone; the others mostly wait. */
const MEASURES_TIME = /\bperformance\.now\(/;
/** Of files that wait for more than half of their time, for processes and for what happens after a while: three keep two cores busy. */
const WAITING_CONCURRENCY = 3;
/** Those that serve with the packages of the frameworks' environment. */
const NEED_FRAMEWORKS = ['tests/browser/chat.test.ts', 'tests/browser/live-server.test.ts'];
/** Unit tests that run in one process for each name: those of code that starts nothing and waits for nothing. */
const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  pure: ['src/kernel/**/*.test.ts', 'src/protocol/**/*.test.ts', 'src/config/**/*.test.ts'],
  edge: ['src/edge/**/*.test.ts'],
  behind: ['src/upstream/**/*.test.ts', 'src/gateway/**/*.test.ts'],
};
const PYTHON = '.venv/bin/python';
const NODE = process.execPath;

const STEPS: readonly Step[] = [
  {
    name: 'format',
    run: () =>
      runChecks('format', [
        ['node_modules/.bin/biome', 'format', '.'],
        [PYTHON, '-m', 'ruff', 'format', '--quiet', '--check', '.'],
      ]),
  },
  {
    name: 'lint',
    run: () =>
      runChecks('lint', [
        ['node_modules/.bin/biome', 'check', '--formatter-enabled=false', '--error-on-warnings', '.'],
        ['node_modules/.bin/oxlint', '--type-aware', '--deny-warnings', '--quiet'],
        [PYTHON, '-m', 'ruff', 'check', '--quiet', '.'],
      ]),
  },
  {
    name: 'types',
    run: () =>
      runChecks('types', [
        ['node_modules/.bin/tsc', '--project', 'tsconfig.json'],
        [PYTHON, '-m', 'mypy'],
      ]),
  },
  {
    name: 'tidy',
    run: () => runNodeTests('tidy', { include: ['tests/tidy.test.ts'], concurrency: 1, reporter: 'spec' }),
  },
  {
    name: 'unit',
    run: runUnitTests,
  },
  { name: 'pythons', run: testPythons },
  {
    name: 'integration',
    run: runIntegrationTests,
  },
  { name: 'installed', run: testInstalled },
  { name: 'peers', run: testPeers },
  { name: 'frameworks', run: testFrameworks },
  { name: 'browser', run: runBrowserTests },
  { name: 'docs', run: runDocsTests },
];

function runUnitTests(): Promise<Tally> {
  const joined = Object.entries(TOGETHER).map(([name, patterns]) => joinFiles(name, patterns));
  return runNodeTestsAgainAlone('unit', {
    include: [
      ...joined.map(({ path }) => path),
      ...['src/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts', 'tests/**/*.test.ts'],
    ],
    exclude: [
      ...joined.flatMap(({ files }) => files),
      'tests/tidy.test.ts',
      ...['integration', 'installed', 'frameworks', 'peers', 'browser', 'docs'].map((name) => `tests/${name}/**`),
    ],
    concurrency: 2,
    reporter: 'dot',
  });
}

/** Without nginx the tests behind it cannot run: on a build machine that is a failure, elsewhere they are reported as skipped. */
async function runIntegrationTests(): Promise<Tally> {
  const mayRun = existsSync(NGINX) || process.env['CI'] !== undefined;
  const files = globSync(INTEGRATION).filter((path) => mayRun || path !== NEEDS_NGINX);
  const alone = files.filter((path) => MEASURES_TIME.test(readFileSync(path, 'utf8')));
  const rest = files.filter((path) => !alone.includes(path));
  const tally = addTallies([
    await runNodeTestsAgainAlone('integration', { include: rest, concurrency: WAITING_CONCURRENCY, reporter: 'spec' }),
    await runNodeTestsAgainAlone('integration', { include: alone, concurrency: 1, reporter: 'spec' }),
  ]);
  if (mayRun) return tally;
  const notes = [`NOT RUN integration: ${NEEDS_NGINX}: there is no ${NGINX}`];
  return addTallies([tally, { ...NOTHING, skipped: 1, notes }]);
}

/** Without Chromium the browser's tests cannot run, nor the chat's without Redis: on a build machine that is a failure, elsewhere it is reported. */
async function runBrowserTests(): Promise<Tally> {
  const mustRun = process.env['CI'] !== undefined;
  if (!existsSync(CHROMIUM) && !mustRun) {
    const count = globSync('tests/browser/**/*.test.ts').length;
    return { passed: 0, failed: 0, skipped: count, notes: [`NOT RUN browser: there is no ${CHROMIUM}`] };
  }
  const hasRedis = existsSync(REDIS) || mustRun;
  const fault = hasRedis ? await setUpFrameworks() : `there is no ${REDIS}`;
  const tally = await runNodeTestsAgainAlone('browser', {
    include: ['tests/browser/**/*.test.ts'],
    exclude: fault === undefined ? [] : NEED_FRAMEWORKS,
    concurrency: 1,
    reporter: 'spec',
  });
  if (fault === undefined) return tally;
  const note = `${hasRedis ? 'FAILED' : 'NOT RUN'} browser: ${NEED_FRAMEWORKS.join(', ')}: ${fault}`;
  const one = { ...NOTHING, [hasRedis ? 'failed' : 'skipped']: NEED_FRAMEWORKS.length, notes: [note] };
  return addTallies([tally, one]);
}

/** The site is built as well, unless this machine has no Python that is new enough for its generator. */
async function runDocsTests(): Promise<Tally> {
  const tally = await runNodeTestsAgainAlone('docs', {
    include: ['tests/docs/**/*.test.ts'],
    concurrency: 2,
    reporter: 'spec',
  });
  if (!(await mayBuildSite()) && process.env['CI'] === undefined) {
    return addTallies([
      tally,
      { ...NOTHING, skipped: 1, notes: ['NOT RUN docs: the site, which needs a newer Python'] },
    ]);
  }
  return addTallies([tally, await runChecks('docs', [[NODE, 'tools/docs.ts']])]);
}

/** What a step has set for its own programs is not for those of the next: pip without an index, say. */
function restoreEnvironment(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) {
    if (environment[name] === undefined) delete process.env[name];
  }
  Object.assign(process.env, environment);
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(`test: no step ${unknown.join(', ')}; there are ${STEPS.map((step) => step.name).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const began = performance.now();
  const tallies: Tally[] = [];
  for (const step of STEPS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const stepBegan = performance.now();
    console.log(`\n--- ${step.name}`);
    const environment = { ...process.env };
    const tally = await step.run();
    restoreEnvironment(environment);
    const seconds = ((performance.now() - stepBegan) / 1000).toFixed(1);
    console.log(
      `${step.name}: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped (${seconds} s)`,
    );
    tallies.push(tally);
  }
  const total = addTallies(tallies);
  console.log(`\n${total.notes.join('\n')}`);
  console.log(renderClosingLine(total, (performance.now() - began) / 1000));
  process.exitCode = total.failed > 0 ? 1 : 0;
}

await main(process.argv.slice(2));
