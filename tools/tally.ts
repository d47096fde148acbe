/** What a step of `make test` came to. A check that is no test runner counts as one test. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** One line for each thing that failed or did not run, for the end of the output. */
  readonly notes: readonly string[];
}

export const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0, notes: [] };

export function addTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, tally) => ({
      passed: sum.passed + tally.passed,
      failed: sum.failed + tally.failed,
      skipped: sum.skipped + tally.skipped,
      notes: [...sum.notes, ...tally.notes],
    }),
    NOTHING,
  );
}

/** The closing line, in pytest's words, which people and their tools know how to read. */
export function renderClosingLine(tally: Tally, seconds: number): string {
  const counts = [
    tally.failed > 0 ? `${tally.failed} failed` : '',
    `${tally.passed} passed`,
    tally.skipped > 0 ? `${tally.skipped} skipped` : '',
  ].filter(Boolean);
  const text = ` ${counts.join(', ')} in ${seconds.toFixed(2)}s `;
  const side = '='.repeat(Math.max(3, Math.floor((80 - text.length) / 2)));
  return `${side}${text}${side}`;
}
