/** The rewrite module: instructions that are run in the order in which they are written. */

import type { Row } from '../row.ts';
import { accepted, repeatable, row } from '../row.ts';
import { REWRITES } from './contexts.ts';

export const REWRITE: readonly Row[] = [
  ...repeatable([
    row('rewrite', REWRITES, 'regex text [plain]', 'Changes a URL that fits, and what happens then.'),
    row('return', REWRITES, 'text [text]', 'Answers with a status, and a text or the target of a redirect.'),
    row('break', REWRITES, '', 'Ends the instructions of this block.'),
    row('if', 'server', 'condition... {server-if}', 'What holds where a condition is true.'),
    row('if', 'location', 'condition... {location-if}', 'What holds where a condition is true.'),
    row('set', REWRITES, 'variable text', 'Gives a variable a value.'),
  ]),
  row('rewrite_log', `http ${REWRITES}`, 'flag', 'Whether rewrites are logged.'),
  ...accepted('A variable that has no value is empty, and that is all.', [
    row('uninitialized_variable_warn', `http ${REWRITES}`, 'flag', 'Whether a variable without a value is warned of.'),
  ]),
];
