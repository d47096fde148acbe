import type { Measured, Sample } from '../harness/rounds.ts';
import { formatRatio } from './numbers.ts';
import type { RateUnit } from './rates.ts';
import { OURS, REQUESTS } from './rates.ts';
import type { Goal } from './result.ts';
import { findMeasured, summarizeRatios } from './statistics.ts';

/** A bound of a figure that is at hand. */
export type Bound = { readonly atLeast: number } | { readonly atMost: number };

export function rateGoal(
  measured: readonly Measured[],
  what: string,
  peer: string,
  bound: Bound,
  { name, pick }: RateUnit = REQUESTS,
): Goal {
  return ratioGoal(measured, { what: `${what}: ${name}, times ${peer}`, peer, pick }, bound);
}

export function cpuGoal(
  measured: readonly Measured[],
  what: string,
  peer: string,
  bound: Bound,
  { cpuName, pickCpu }: RateUnit = REQUESTS,
): Goal {
  const time = cpuName.replace('µs', 'time');
  return ratioGoal(measured, { what: `${what}: ${time}, times ${peer}`, peer, pick: pickCpu }, bound);
}

interface Comparison {
  readonly what: string;
  readonly peer: string;
  readonly pick: (sample: Sample) => number;
}

function ratioGoal(measured: readonly Measured[], { what, peer, pick }: Comparison, bound: Bound): Goal {
  const ratios = summarizeRatios(findMeasured(measured, OURS), findMeasured(measured, peer), pick);
  const spread = `${formatRatio(ratios.median)} (${formatRatio(ratios.low)} to ${formatRatio(ratios.high)})`;
  return boundGoal(what, ratios.median, bound, { text: spread, format: formatRatio });
}

interface Format {
  /** The figure as it is shown. */
  readonly text: string;
  readonly format: (value: number) => string;
}

/** What was not measured is not met. */
export function boundGoal(what: string, value: number, bound: Bound, { text, format }: Format): Goal {
  if ('atLeast' in bound) {
    return { what, required: `≥ ${format(bound.atLeast)}`, measured: text, isMet: value >= bound.atLeast };
  }
  return { what, required: `≤ ${format(bound.atMost)}`, measured: text, isMet: value <= bound.atMost };
}
