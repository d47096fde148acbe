// Runs nginx's own test suite with `portico nginx` in nginx's place, and writes docs/nginx-conformance.md.
// Usage: node tests/conformance/nginx-suite/main.ts SUITE [--referee] [--only portico|referee] [--files PATTERN] [--jobs N] [--commit C]
//   --referee   asks Debian's nginx as well; otherwise its column stays as the page has it
//   --files     runs these alone ("gzip*"), and writes no page; what they print is left in var/nginx-suite
//   --only      one of the two programs, and writes no page
// Fails if a file fails that the referee passes, and reasons.ts does not say why.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { REASONS } from './reasons.ts';
import type { Row } from './report.ts';
import { readReferee, renderReport } from './report.ts';
import type { FileRun } from './run-file.ts';
import { runFile } from './run-file.ts';
import { chooseFiles, needsUpstream } from './scope.ts';
import { hasReferee, prepareStage, REFEREE } from './stage.ts';
import type { Result } from './tap.ts';

const CHECKOUT = join(import.meta.dirname, '../../..');
const PAGE = join(CHECKOUT, 'docs/nginx-conformance.md');
const LOGS = join(CHECKOUT, 'var/nginx-suite');
const USAGE = 2;

type Results = Map<string, Result>;

/**
 * Several at a time, each on ports that it has found free. Some measure time, which others disturb: a file that has failed is run once more, alone, and
 * that counts.
 */
async function runAll(files: readonly string[], how: FileRun, jobs: number): Promise<Results> {
  const results: Results = new Map();
  const left = [...files];
  const work = async (): Promise<void> => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      results.set(file, await runFile(file, how));
      tell(how.binary, file, results.get(file));
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  const failed = jobs === 1 ? [] : files.filter((file) => results.get(file)?.verdict === 'failed');
  for (const file of failed) {
    results.set(file, await runFile(file, how));
    tell(`${how.binary}, alone`, file, results.get(file));
  }
  return results;
}

function tell(who: string, file: string, result: Result | undefined): void {
  const { verdict = 'failed', count = 0, why = '' } = result ?? {};
  console.log(`${who}: ${file}: ${verdict}${verdict === 'passed' ? ` (${count})` : `: ${why}`}`);
}

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      referee: { type: 'boolean' },
      only: { type: 'string' },
      files: { type: 'string' },
      jobs: { type: 'string' },
      commit: { type: 'string' },
    },
  });
  return { ...values, suite: positionals[0], jobs: Number(values.jobs ?? availableParallelism()) };
}

function commitOf(suite: string, named: string | undefined): string {
  if (named) return named;
  const { stdout, status } = spawnSync('git', ['-C', suite, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' });
  return status === 0 && existsSync(join(suite, '.git')) ? stdout.trim() : 'not known';
}

function nameReferee(): string {
  const { stderr } = spawnSync(REFEREE, ['-v'], { encoding: 'utf8' });
  const { stdout } = spawnSync('dpkg-query', ['--show', 'nginx'], { encoding: 'utf8' });
  const packaged = stdout ? ` (Debian's package ${stdout.trim().replace('nginx\t', '')})` : '';
  return `${stderr.replace('nginx version: ', '').trim()}${packaged}`;
}

async function main(): Promise<number> {
  const { suite, only, jobs, files: pattern, commit, referee: isAsked = false } = readOptions();
  if (suite === undefined || !existsSync(join(suite, 'lib/Test/Nginx.pm'))) {
    console.error(
      'name the folder of nginx-tests: make conformance-nginx NGINX_TESTS=FOLDER (git clone https://github.com/nginx/nginx-tests)',
    );
    return USAGE;
  }
  const asksReferee = (isAsked && only !== 'portico') || only === 'referee';
  if (asksReferee && !hasReferee()) {
    console.error(`there is no ${REFEREE}`);
    return USAGE;
  }
  const files = chooseFiles(suite, pattern);
  using stage = prepareStage(resolve(suite));
  const known = readReferee(existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '');
  const run = (binary: FileRun['binary']) => runAll(files, { stage, binary, logs: join(LOGS, binary) }, jobs);
  const referee = asksReferee ? await run('referee') : known.results;
  if (only === 'referee') return 0;
  const portico = await run('portico');
  const rows: Row[] = files.map((file) => ({
    file,
    needsUpstream: needsUpstream(readFileSync(join(suite, file), 'utf8')),
    reason: REASONS[file],
    portico: portico.get(file) ?? { verdict: 'failed', count: 0, why: 'not run' },
    referee: referee.get(file),
  }));
  if (pattern === undefined && only === undefined) {
    const refereeName = asksReferee ? nameReferee() : known.name;
    writeFileSync(PAGE, renderReport({ commit: commitOf(suite, commit), refereeName, rows }));
  }
  const lost = rows.filter((row) => isLost(row));
  const passed = rows.filter((row) => row.portico.verdict === 'passed').length;
  console.log(
    `${rows.length} files, ${passed} passed; ${lost.length} not, and without a reason, that the referee passes; output in ${LOGS}`,
  );
  return lost.length === 0 ? 0 : 1;
}

/** The referee passes the file, Portico does not, and nobody has said why. */
function isLost({ referee, portico, reason }: Row): boolean {
  return referee?.verdict === 'passed' && portico.verdict !== 'passed' && reason === undefined;
}

execFileSync('perl', ['-v'], { stdio: 'ignore' });
process.exitCode = await main();
