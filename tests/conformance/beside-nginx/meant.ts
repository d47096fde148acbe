/** The differences that are meant, with the reason for each. Whatever is in none of these rows is a fault. */

import type { Difference } from './compare.ts';
import type { Meant } from './meant/meant.ts';
import { PROXIED } from './meant/proxied.ts';
import { RESPONSES } from './meant/responses.ts';
import { STRICTNESS } from './meant/strictness.ts';

export const MEANT: readonly Meant[] = [...STRICTNESS, ...RESPONSES, ...PROXIED];

export function whyMeant(difference: Difference): Meant | undefined {
  return MEANT.find(({ applies }) => applies(difference));
}
