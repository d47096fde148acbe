/** The smallest configuration and the one request that still show a difference. */

import type { Difference } from './compare.ts';
import { smallerLines } from './line.ts';
import { whyMeant } from './meant.ts';
import type { RandomCase } from './random-case.ts';
import { caseOf } from './random-case.ts';
import type { Pair } from './run-case.ts';

/** Each try costs two reloads. */
const TRIES_MAX = 120;

export async function shrink(pair: Pair, found: RandomCase, difference: Difference): Promise<RandomCase> {
  let tries = 0;
  const stillDiffers = async (candidate: RandomCase): Promise<boolean> => {
    tries += 1;
    const differences = await pair.run(caseOf(candidate));
    return differences.some(
      ({ what, statuses, ...rest }) =>
        what === difference.what &&
        statuses.join() === difference.statuses.join() &&
        whyMeant({ what, statuses, ...rest }) === undefined,
    );
  };
  let smallest: RandomCase = { ...found, requests: difference.request === '' ? [] : [difference.request] };
  if (!(await stillDiffers(smallest))) return found;
  for (let isSmaller = true; isSmaller && tries < TRIES_MAX; ) {
    isSmaller = false;
    for (const lines of smallerLines(smallest.lines)) {
      if (tries >= TRIES_MAX) break;
      const candidate = { ...smallest, lines };
      if (await stillDiffers(candidate)) {
        smallest = candidate;
        isSmaller = true;
        break;
      }
    }
  }
  return smallest;
}
