// Who was busy while messages went to and fro: a load that is busier than the server measures itself.

import type { Measured, Sample } from '../harness/rounds.ts';
import { formatNumber } from './numbers.ts';
import type { ExtraColumn } from './rates.ts';
import { median } from './statistics.ts';

export const BUSY_COLUMNS: readonly ExtraColumn[] = [
  { name: 'cores, server', pick: pickServer },
  { name: 'cores, load', pick: pickLoad },
];

export interface Caption {
  readonly caption: string;
  readonly measured: readonly Measured[];
}

/** A sentence about all tables together. */
export function describeBusyness(tables: readonly Caption[]): string {
  const rows = tables.flatMap(({ caption, measured }) =>
    measured
      .filter(({ samples }) => samples.length > 0)
      .map(({ name, samples }) => ({
        place: `${name} at “${caption}”`,
        server: median(samples.map(pickServer)),
        load: median(samples.map(pickLoad)),
      })),
  );
  const most = Math.max(0, ...rows.map(({ load }) => load).filter(Number.isFinite));
  const busier = rows.filter(({ server, load }) => load >= server).map(({ place }) => place);
  const limited =
    busier.length === 0 ? 'always less than the server' : `not less than the server: ${busier.join('; ')}`;
  return `The load took at most ${formatNumber(most)} of a core, and ${limited}.`;
}

function pickServer({ serverCores = Number.NaN }: Sample): number {
  return serverCores;
}

function pickLoad({ loadCores = Number.NaN }: Sample): number {
  return loadCores;
}
