// The table of cases in which something grows.

import { formatNumber, formatRatio } from './numbers.ts';
import type { Table } from './result.ts';

/** A server with so many of what grows. */
export interface Size {
  readonly count: number;
  /** From the command to the first answer. */
  readonly loadMs: number;
  readonly cpuUs: number;
  /** Times the processor time a request of the smallest size, the median of the rounds' ratios. */
  readonly cpuRatio: number;
  readonly mb: number;
}

export interface Growth {
  readonly server: string;
  /** From the smallest to the largest. */
  readonly sizes: readonly Size[];
}

export function growthTable(what: string, growths: readonly Growth[]): Table {
  return {
    caption: `Growth: ${what}`,
    head: [
      'server',
      what,
      'start to first answer, ms',
      'for each doubling',
      'processor µs a request',
      'times that of the fewest',
      'for each doubling',
      'memory, MB',
      'for each doubling',
    ],
    rows: growths.flatMap(({ server, sizes }) =>
      sizes.map((size, index) => {
        const before = sizes[index - 1];
        return [
          server,
          size.count.toLocaleString('en'),
          formatNumber(size.loadMs),
          perDoubling(before, size, ({ loadMs }) => loadMs),
          formatNumber(size.cpuUs),
          formatRatio(size.cpuRatio),
          perDoubling(before, size, ({ cpuUs }) => cpuUs),
          formatNumber(size.mb),
          perDoubling(before, size, ({ mb }) => mb),
        ];
      }),
    ),
  };
}

/** By how much a figure has grown since the row before, for each time that the count has doubled. */
function perDoubling(before: Size | undefined, size: Size, pick: (size: Size) => number): string {
  if (before === undefined) return '';
  const added = (pick(size) - pick(before)) / Math.log2(size.count / before.count);
  return `${added < 0 ? '−' : '+'}${formatNumber(Math.abs(added))}`;
}
