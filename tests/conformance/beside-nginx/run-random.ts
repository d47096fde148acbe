/** Runs configurations at random, and shows each kind of difference at its smallest. */

import { Findings } from './findings.ts';
import { renderLines } from './line.ts';
import type { RandomCase } from './random-case.ts';
import { caseOf } from './random-case.ts';
import type { Pair } from './run-case.ts';
import { shrink } from './shrink.ts';
import { showDifferences } from './tell.ts';

/** So many of a kind are made small and shown. */
const SHRUNK_MAX = 4;

export async function runRandom(pair: Pair, cases: readonly RandomCase[]): Promise<Findings> {
  const findings = new Findings();
  const seen = new Map<string, number>();
  for (const found of cases) {
    const given = caseOf(found);
    const [first] = findings.add(given, await pair.run(given));
    if (first === undefined) continue;
    const kind = `${first.what} ${first.statuses.join(' ')}`;
    const count = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, count);
    if (count > SHRUNK_MAX) continue;
    const smallest = await shrink(pair, found, first);
    const again = (await pair.run(caseOf(smallest))).find(({ what }) => what === first.what) ?? first;
    showDifferences(`${smallest.name}\n${renderLines(smallest.lines, '  ')}`, [again]);
  }
  return findings;
}
