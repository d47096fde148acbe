/** What a run has found: how much was compared, and how often each difference that is meant was seen. */

import type { Case } from './case.ts';
import type { Difference } from './compare.ts';
import { whyMeant } from './meant.ts';

export class Findings {
  caseCount = 0;
  requestCount = 0;
  readonly unmeant: Difference[] = [];
  /** Requests in which a meant difference was seen, by its name. */
  readonly meantRequests: Map<string, number> = new Map<string, number>();

  /** Returns those that are not meant. */
  add(given: Case, differences: readonly Difference[]): Difference[] {
    this.caseCount += 1;
    this.requestCount += given.requests.length;
    const unmeant: Difference[] = [];
    const seen = new Set<string>();
    for (const difference of differences) {
      const meant = whyMeant(difference);
      if (meant === undefined) unmeant.push(difference);
      else seen.add(JSON.stringify([meant.id, difference.request]));
    }
    for (const key of seen) {
      const [id] = JSON.parse(key) as [string];
      this.meantRequests.set(id, (this.meantRequests.get(id) ?? 0) + 1);
    }
    this.unmeant.push(...unmeant);
    return unmeant;
  }
}
