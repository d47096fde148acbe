/** A reading for tests: what was reported, as `path: message`. */

import type { Reading } from './kind.ts';

export interface FakeReading extends Reading {
  readonly told: string[];
}

export function fakeReading(): FakeReading {
  const told: string[] = [];
  return {
    told,
    folder: '/etc/portico',
    report: (path, message) => told.push(`${path.join('.')}: ${message}`),
    uses: () => undefined,
    defines: () => undefined,
  };
}
