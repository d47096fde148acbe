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

/** A figure of every round that stands in the table beside the rate. */
export interface ExtraColumn {
  readonly name: string;
  readonly pick: (sample: Sample) => number;
}

interface TableOptions {
  readonly unit?: RateUnit;
  readonly columns?: readonly ExtraColumn[];
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
/** There and back. */
export const MESSAGES: RateUnit = { ...REQUESTS, name: 'messages/s', cpuName: 'processor µs a message' };
export const DELIVERIES: RateUnit = { ...REQUESTS, name: 'deliveries/s', cpuName: 'processor µs a delivery' };

export function rateTable(caption: string, measured: readonly Measured[], options: TableOptions = {}): Table {
  const { unit = REQUESTS, columns = [] } = options;
  const ours = findMeasured(measured, OURS);
  const head = [
    'server',
    `${unit.name}, median`,
    'quartiles',
    unit.cpuName,
    'Portico, times its rate',
    'quartiles',
    'Portico, times its processor time',
    ...columns.map(({ name }) => name),
    'faults',
  ];
  return { caption, head, rows: measured.map((one) => rateRow(one, ours, unit, columns)) };
}

function rateRow(
  one: Measured,
  ours: Measured,
  { pick, pickCpu }: RateUnit,
  columns: readonly ExtraColumn[],
): string[] {
  if (one.failure !== undefined) {
    const missing = Array<string>(6 + columns.length).fill(MISSING);
    return [one.name, ...missing, one.failure.replaceAll('\n', ' ')];
  }
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
    ...columns.map((column) => formatNumber(median(one.samples.map(column.pick)))),
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
