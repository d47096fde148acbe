/** Directives whose one meaning is a value, or a list of values. */

import type { Draft, DraftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { Apply } from '../row.ts';

/** The last that is said in a block counts. */
export function keep<T>(key: DraftKey<T>, value: (args: GivenArguments) => T): Apply {
  return (args, draft) => draft.set(key, value(args));
}

/** What all lines of a block say counts together. */
export function appendEach<T>(draft: Draft, key: DraftKey<readonly T[]>, values: readonly T[]): void {
  for (const value of values) {
    draft.append(key, value);
  }
}
