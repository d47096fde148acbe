// Sites of the frameworks that people use, served for real. They share a virtual environment under var/, made once.

import { existsSync, globSync } from 'node:fs';
import { runCommand } from './commands.ts';
import { runNodeTestsAgainAlone } from './node-tests.ts';
import { makeEnvironment } from './python-environment.ts';
import { findPythons } from './pythons.ts';
import type { Tally } from './tally.ts';
import { NOTHING } from './tally.ts';

const HOME = 'var/frameworks';
const REQUIREMENTS = 'tests/frameworks/requirements.txt';
/** What the pinned packages can be had for. */
const OLDEST_MINOR = 11;

export const REDIS = '/usr/bin/redis-server';
const NEEDS_REDIS = 'tests/frameworks/channels*.test.ts';

export async function testFrameworks(): Promise<Tally> {
  const fault = await setUpFrameworks();
  if (fault !== undefined) return { ...NOTHING, failed: 1, notes: [`FAILED frameworks: ${fault}`] };
  const mayRun = existsSync(REDIS) || process.env['CI'] !== undefined;
  const tally = await runNodeTestsAgainAlone('frameworks', {
    include: ['tests/frameworks/**/*.test.ts'],
    exclude: mayRun ? [] : [NEEDS_REDIS],
    concurrency: 2,
    reporter: 'spec',
  });
  if (mayRun) return tally;
  const notes = [...tally.notes, `NOT RUN frameworks: there is no ${REDIS}, which Django Channels needs`];
  return { ...tally, skipped: tally.skipped + globSync(NEEDS_REDIS).length, notes };
}

/** Gives what went wrong, if anything did. */
export async function setUpFrameworks(): Promise<string | undefined> {
  const python = await findPython();
  if (python === undefined) return `the frameworks need Python 3.${OLDEST_MINOR} or later, and there is none`;
  return makeEnvironment(python, HOME, REQUIREMENTS);
}

/** That of the tools if it is new enough, else the oldest that is. */
async function findPython(): Promise<string | undefined> {
  const isNewEnough = `import sys; sys.exit(sys.version_info < (3, ${OLDEST_MINOR}))`;
  const { ok } = await runCommand(['.venv/bin/python', '-c', isNewEnough], true);
  if (ok) return '.venv/bin/python';
  const found = await findPythons();
  return found.find(({ version }) => Number.parseInt(version.slice(2), 10) >= OLDEST_MINOR)?.program;
}
