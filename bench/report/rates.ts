// The table and the bars of cases that count requests.

import type { Measured, Sample } from '../harness/rounds.ts';
import { formatNumber, formatRatio, MISSING } from './numbers.ts';
import type { Panel, Table } from './result.ts';
import type { Summary } from './statistics.ts';
import { findMeasured, listFaults, median, summarize, summarizeRatios } from './statistics.ts';

export interface RateUnit {
  readonly name: string;
  readonly pick: (sample: Sample) => number;
  readonly cpuName: string;
  readonly pickCpu: (sample: Sample) => number;
}

/** The others are compared with it. */
export const OURS = 'Portico';
const BYTES_PER_MB = 1e6;
export const REQUESTS: RateUnit = {
  name: 'requests/s',
  pick: ({ value }) => value,
  cpuName: 'processor µs a request',
  pickCpu: ({ cpuUs = Number.NaN }) => cpuUs,
};
export const MEGABYTES: RateUnit = {
  name: 'MB/s',
  pick: ({ bytesPerSecond = Number.NaN }) => bytesPerSecond / BYTES_PER_MB,
  cpuName: 'processor µs a MB',
  pickCpu: ({ cpuUsPerMb = Number.NaN }) => cpuUsPerMb,
};

export function rateTable(caption: string, measured: readonly Measured[], unit: RateUnit = REQUESTS): Table {
  const ours = findMeasured(measured, OURS);
  const head = [
    'server',
    `${unit.name}, median`,
    'quartiles',
    unit.cpuName,
    'Portico, times its rate',
    'quartiles',
    'Portico, times its processor time',
    'faults',
  ];
  return { caption, head, rows: measured.map((one) => rateRow(one, ours, unit)) };
}

function rateRow(one: Measured, ours: Measured, { pick, pickCpu }: RateUnit): string[] {
  if (one.failure !== undefined)
    return [one.name, ...Array<string>(6).fill(MISSING), one.failure.replaceAll('\n', ' ')];
  const rates = summarize(one.samples.map(pick));
  const ratios = summarizeRatios(ours, one, pick);
  const cpuUs = median(one.samples.map(pickCpu));
  const cpuRatio = summarizeRatios(ours, one, pickCpu).median;
  return [
    one.name,
    formatNumber(rates.median),
    renderSpread(rates, formatNumber),
    formatNumber(cpuUs),
    one === ours ? '' : formatRatio(ratios.median),
    one === ours ? '' : renderSpread(ratios, formatRatio),
    one === ours ? '' : formatRatio(cpuRatio),
    listFaults(one.samples),
  ];
}

export function ratePanel(title: string, measured: readonly Measured[], unit: RateUnit = REQUESTS): Panel {
  const bars = measured.map((one) => {
    const { low, median: value, high } = summarize(one.samples.map(unit.pick));
    return { label: one.name, value, low, high, text: formatNumber(value) };
  });
  return { title, unit: `${unit.name}, more is better`, bars };
}

export function renderSpread({ low, high }: Summary, format: (value: number) => string): string {
  return `${format(low)} to ${format(high)}`;
}
