/** What only opens a block: its meaning is what stands in it. */

import type { Apply } from '../row.ts';

export const opensBlock: Apply = () => undefined;
