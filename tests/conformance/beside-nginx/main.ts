// Runs configurations on Debian's nginx and on `portico nginx`, compares what clients see and what is logged, and writes docs/nginx-beside.md.
// Usage: node tests/conformance/beside-nginx/main.ts [--only PATTERN] [--random COUNT] [--seed N] [--all]
//   --only     cases of the catalogue whose name has this, and none at random; writes no page
//   --random   so many configurations of the generator, and none of the catalogue; writes no page
//   --seed     of the first configuration at random; each has the number behind that of the one before
//   --all      shows the differences that are meant too
// Fails if there is a difference that is not meant.

import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Backend } from './backend.ts';
import { readCatalogue } from './catalogue.ts';
import { Findings } from './findings.ts';
import { randomCase } from './random-case.ts';
import { renderReport } from './report.ts';
import { NGINX, Pair } from './run-case.ts';
import { runRandom } from './run-random.ts';
import { prepareStage } from './stage.ts';
import { showDifferences } from './tell.ts';

const PAGE = join(import.meta.dirname, '../../../docs/nginx-beside.md');
const USAGE = 2;
/** Two minutes; what is to be found beyond needs other seeds. */
const RANDOM_COUNT = 120;

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      random: { type: 'string' },
      seed: { type: 'string' },
      all: { type: 'boolean' },
    },
  });
  const { only, random } = values;
  return {
    pattern: random === undefined ? new RegExp(only ?? '') : undefined,
    randomCount: only === undefined ? Number(random ?? RANDOM_COUNT) : 0,
    writesPage: only === undefined && random === undefined && values.seed === undefined,
    seed: Number(values.seed ?? 1),
    showsAll: values.all ?? false,
  };
}

function nameNginx(): string {
  const { stdout } = spawnSync('dpkg-query', ['--show', 'nginx'], { encoding: 'utf8' });
  const { stderr } = spawnSync(NGINX.command[0] ?? '', ['-v'], { encoding: 'utf8' });
  const version = stderr.replace('nginx version: ', '').trim();
  return stdout ? `${version} (Debian's package ${stdout.trim().replace('nginx\t', '')})` : version;
}

async function main(): Promise<number> {
  const { pattern, randomCount, writesPage, seed, showsAll } = readOptions();
  if (!existsSync(NGINX.command[0] ?? '')) {
    console.error(`there is no ${NGINX.command[0]}: install Debian's package nginx`);
    return USAGE;
  }
  using stage = prepareStage();
  await using backend = await Backend.start();
  await using pair = new Pair(stage.folder, process.pid, backend);
  const byHand = new Findings();
  for (const given of pattern === undefined ? [] : readCatalogue(pattern)) {
    const differences = await pair.run(given);
    const unmeant = byHand.add(given, differences);
    showDifferences(given.name, showsAll ? differences : unmeant);
  }
  const cases = Array.from({ length: randomCount }, (_, number) => randomCase(seed + number));
  const atRandom = await runRandom(pair, cases);
  if (writesPage) writeFileSync(PAGE, renderReport({ nginxName: nameNginx(), seed, byHand, atRandom }));
  const count = byHand.unmeant.length + atRandom.unmeant.length;
  const requestCount = byHand.requestCount + atRandom.requestCount;
  console.log(`${requestCount} requests, ${count} differences that are not meant; seed ${seed}`);
  return count === 0 ? 0 : 1;
}

process.exitCode = await main();
