/** Fields of responses. */

import type { Row } from '../row.ts';
import { later, repeatable, row } from '../row.ts';
import { HTTP_IF } from './contexts.ts';
import { SET_FIELD_ROWS } from './set-fields.ts';

const NEWER = 'The rule of nginx before this directive holds: what a block adds takes the place of what is around it.';

export const FIELDS: readonly Row[] = [
  ...SET_FIELD_ROWS,
  ...repeatable([
    row('more_set_input_headers', HTTP_IF, 'text...', 'Sets fields of requests (headers-more).'),
    row('more_clear_input_headers', HTTP_IF, 'plain...', 'Removes fields of requests (headers-more).'),
  ]),
  ...later(NEWER, [
    row('add_header_inherit', HTTP_IF, 'off|on|merge', 'Whether fields of the blocks around are added too.'),
    row('add_trailer_inherit', HTTP_IF, 'off|on|merge', 'Whether trailers of the blocks around are added too.'),
  ]),
];
