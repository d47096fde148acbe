// `make bench`: Portico beside its peers, on this machine.
//
//   make bench                     everything, nine rounds of two seconds; writes bench/results.md and results.svg
//   make bench QUICK=1             three rounds of one second; writes to var/bench
//   make bench CASES=W1,S1         some cases; writes to var/bench
//   make bench CASES=P1 RECORD=proxying   the same, and writes bench/proxying.md and proxying.svg
//   make bench ROUNDS=5            fewer rounds of two seconds; writes to var/bench
//   make bench PEERS=FOLDER        with a virtual environment of peers that is there already

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stageNpm } from '../tools/npm.ts';
import type { Case } from './cases/cases.ts';
import { CASES } from './cases/cases.ts';
import type { Bench } from './harness/bench.ts';
import { describeMachine, describeVersions } from './harness/machine.ts';
import { copyRuntime, killAllServers } from './harness/server.ts';
import type { Options } from './options.ts';
import { readOptions } from './options.ts';
import { renderChart } from './report/chart.ts';
import { renderReport } from './report/report.ts';
import type { CaseResult } from './report/result.ts';

const PACKAGES = [
  ...['nginx', 'apache2-bin', 'libapache2-mod-wsgi-py3', 'haproxy', 'caddy', 'openssl', 'wrk'],
  ...['python3-venv', 'python3-dev', 'gcc'],
];
const MS_PER_MINUTE = 60_000;

async function main(): Promise<void> {
  const options = readOptions(process.env);
  const unknown = options.cases?.filter((id) => !CASES.some((one) => one.id === id)) ?? [];
  if (unknown.length > 0) {
    console.error(`bench: no case ${unknown.join(', ')}; there are ${CASES.map(({ id }) => id).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const cases = CASES.filter(({ id }) => options.cases?.includes(id) ?? true);
  const needsPython = cases.some(({ isWithoutPython = false }) => !isWithoutPython);
  execFileSync('tools/packages.sh', PACKAGES, { stdio: 'inherit' });
  if (needsPython && !options.hasOwnPeers) execFileSync('bench/setup.sh', { stdio: 'inherit' });
  await stageNpm();
  copyRuntime();
  const folder = mkdtempSync(join(tmpdir(), 'bench-data-'));
  process.on('exit', () => {
    killAllServers();
    rmSync(folder, { recursive: true, force: true });
  });
  const env = needsPython ? prepareSite(options, folder) : {};
  await runCases({ options, env, say: console.log }, cases);
}

/** The database of the Django page, in a folder that every server's user can read. */
function prepareSite({ peers }: Options, folder: string): Record<string, string> {
  execFileSync('chmod', ['755', folder]);
  const env = { BENCH_DATABASE: join(folder, 'news.sqlite3') };
  execFileSync(`${peers}/bin/python`, ['-m', 'news.prepare'], {
    cwd: resolve('bench/apps'),
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  return env;
}

async function runCases(bench: Bench, cases: readonly Case[]): Promise<void> {
  const { options, say } = bench;
  const beganMs = performance.now();
  const results: CaseResult[] = [];
  for (const { id, run } of cases) {
    const caseBeganMs = performance.now();
    const result = await run(bench);
    results.push(result);
    say(`${id}: ${result.title} (${((performance.now() - caseBeganMs) / 1000).toFixed(0)} s)`);
    for (const { what, required, measured, isMet } of result.goals) {
      say(`  ${isMet ? 'reached' : 'MISSED '} ${what}: ${measured}, required ${required}`);
    }
  }
  await write(options, results, (performance.now() - beganMs) / MS_PER_MINUTE);
}

async function write(
  { rounds, seconds, peers, record }: Options,
  results: CaseResult[],
  minutes: number,
): Promise<void> {
  const [folder, name] = record === undefined ? ['var/bench', 'results'] : ['bench', record];
  const machine = describeMachine();
  const date = new Date().toISOString().slice(0, 10);
  const surroundings = {
    ...{ name, date, rounds, seconds, machine },
    tookMinutes: Math.ceil(minutes),
    versions: await describeVersions(peers),
  };
  const about = `${machine
    .slice(0, 2)
    .map(([name, value]) => (name === 'cores' ? `${value} cores` : value))
    .join(', ')}; ${rounds} interleaved rounds of ${seconds} s; bars are medians, lines on them quartiles.`;
  const panels = results.flatMap((result) => result.panels);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.md`), renderReport(results, surroundings));
  writeFileSync(join(folder, `${name}.svg`), renderChart({ title: 'Portico beside its peers', about }, panels));
  writeFileSync('var/bench/results.json', JSON.stringify({ surroundings, results }, null, 1));
  console.log(`\nbench: wrote ${folder}/${name}.md and ${folder}/${name}.svg`);
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => process.exit(code));
}
await main();
