/** Who may ask, who the client is, and how often: directives that stand before any content. */

import type { Row } from '../row.ts';
import { ACCESS_RULE_ROWS } from './access-rules.ts';
import { SECURE_LINK_ROWS } from './secure-link.ts';
import { USER_ID_ROWS } from './user-id.ts';
import { VALID_REFERERS_ROWS } from './valid-referers.ts';

export const ACCESS: readonly Row[] = [
  ...ACCESS_RULE_ROWS,
  ...SECURE_LINK_ROWS,
  ...VALID_REFERERS_ROWS,
  ...USER_ID_ROWS,
];
