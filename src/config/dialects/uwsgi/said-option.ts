/** One option as it was said, in the order of the command line and of the files that it names. */

import type { Place } from '../../place.ts';

export interface SaidOption {
  readonly key: string;
  readonly value: string;
  readonly place: Place;
}
