import type { Measured, Sample } from '../harness/rounds.ts';

export interface Summary {
  /** Quartiles: half of the rounds lie between them. */
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** The value below which a share of the values lies, between two of them by their distance; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function summarize(values: readonly number[]): Summary {
  return { low: quantile(values, 0.25), median: median(values), high: quantile(values, 0.75) };
}

/** How many times one is the other, round by round: what a round had in common cancels out. */
export function summarizeRatios(a: Measured, b: Measured, pick: (sample: Sample) => number): Summary {
  const pairs = a.samples.slice(0, b.samples.length).map((sample, round) => [sample, b.samples[round] ?? sample]);
  return summarize(pairs.map(([one, other]) => (one && other ? pick(one) / pick(other) : Number.NaN)));
}

export function findMeasured(measured: readonly Measured[], name: string): Measured {
  return measured.find((one) => one.name === name) ?? { name, samples: [], failure: 'not measured' };
}

/** All different things that went wrong, with how often. */
export function listFaults(samples: readonly Sample[]): string {
  const faults = samples.map((sample) => sample.faults).filter((fault) => fault !== '');
  return faults.length === 0 ? '' : `${faults.length} of ${samples.length} rounds: ${faults[0]}`;
}
