/** Differences for the one who runs the tester. */

import type { Difference } from './compare.ts';
import { whyMeant } from './meant.ts';

const SHOWN_MAX = 600;

export function showDifferences(name: string, differences: readonly Difference[]): void {
  if (differences.length > 0) console.log(name);
  for (const difference of firstOfEach(differences)) showDifference(difference);
}

function showDifference(difference: Difference): void {
  const meant = whyMeant(difference);
  const clip = (text: string): string =>
    text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}… (${text.length})` : text;
  console.log(`  ${difference.request}\n    ${difference.what}${meant ? ` (meant: ${meant.id})` : ''}`);
  console.log(`      nginx:   ${JSON.stringify(clip(difference.nginx))}`);
  console.log(`      portico: ${JSON.stringify(clip(difference.portico))}`);
}

/** What differs in the same way in every request of a case is shown once. */
function firstOfEach(differences: readonly Difference[]): Difference[] {
  const seen = new Set<string>();
  return differences.filter(({ what, nginx, portico }) => {
    const key = JSON.stringify([what, nginx, portico]);
    return !seen.has(key) && seen.add(key);
  });
}
