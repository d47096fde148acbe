/** `add_header` and `add_trailer`. As with everything that adds up, one of them in a block takes the place of all around it. */

import type { FieldRule } from '../../../model/answers.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { HTTP_IF } from './contexts.ts';

export const ADDED_FIELDS: DraftKey<readonly FieldRule[]> = draftKey('add_header');
export const ADDED_TRAILERS: DraftKey<readonly FieldRule[]> = draftKey('add_trailer');

export const ADDED_FIELD_ROWS: readonly Row[] = repeatable([
  row('add_header', HTTP_IF, 'plain text [plain]', 'Adds a field to responses.', { apply: adds(ADDED_FIELDS) }),
  row('add_trailer', HTTP_IF, 'plain text [plain]', 'Adds a field behind responses.', { apply: adds(ADDED_TRAILERS) }),
]);

function adds(key: DraftKey<readonly FieldRule[]>): (args: GivenArguments, draft: Draft, report: NginxReport) => void {
  return (args, draft, report) => {
    if (args.count === 3 && args.text(2) !== 'always') {
      report('nginx.invalid-value', args.place(2), `invalid parameter "${args.text(2)}"`, {
        hint: 'The third word can only be "always". A value with spaces needs quotes around it.',
      });
      return;
    }
    draft.append(key, { name: args.text(0), value: args.template(1), always: args.count === 3, effect: 'add' });
  };
}
