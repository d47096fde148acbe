import type { Difference } from '../compare.ts';

export interface Meant {
  readonly id: string;
  readonly reason: string;
  readonly applies: (difference: Difference) => boolean;
}
