/** What changes the bodies of responses. */

import type { Row } from '../row.ts';
import { accepted, repeatable, row } from '../row.ts';
import { CHANGED_BODIES } from './changed-bodies.ts';
import { CHARSETS } from './charset.ts';
import { COMPRESSION } from './compression.ts';
import { HTTP_IF } from './contexts.ts';

const PAGESPEED = 'Pages are served as they are: nothing is rewritten for speed.';

export const FILTERS: readonly Row[] = [
  ...COMPRESSION,
  ...CHANGED_BODIES,
  ...CHARSETS,
  ...accepted(PAGESPEED, [
    ...repeatable([row('pagespeed', HTTP_IF, 'plain...', 'Settings of PageSpeed.')]),
    ...repeatable([row('pagespeed_process_script_variables', 'http', 'plain', 'Variables of PageSpeed.')]),
  ]),
];
