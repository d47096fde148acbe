import type { Bench } from '../harness/bench.ts';
import { invocationsOf } from '../report/invocations.ts';
import type { CaseResult } from '../report/result.ts';
import { measureReloads, RELOAD_KINDS, RELOAD_SITE, RELOAD_TEXT } from './reload.ts';
import { measureStarts } from './start.ts';

/** B1. */
export async function runStartAndReload(bench: Bench): Promise<CaseResult> {
  const starts = await measureStarts(bench);
  const reloads = await measureReloads(bench);
  return {
    id: 'B1',
    title: 'Start, and reload under load',
    text: [
      'Start: from the command (both commands where nginx stands in front) until GET / is answered with 200, five times; the files are in the memory of the machine, one worker, the hello application.',
      RELOAD_TEXT,
    ],
    tables: [starts.table, reloads],
    goals: starts.goals,
    panels: [starts.panel],
    loads: ['bench/harness/paced-clients.ts'],
    invocations: invocationsOf(RELOAD_KINDS, RELOAD_SITE),
  };
}
