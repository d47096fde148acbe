/** `limit_rate` and its kin: bytes a second. */

import type { Template } from '../../../model/template.ts';
import type { DraftKey } from '../draft.ts';
import type { Apply } from '../row.ts';
import { readSize } from '../sizes.ts';

/** A size is checked at once; the value of a variable is read for each request. */
export function keepSpeed(key: DraftKey<Template>): Apply {
  return (args, draft, report) => {
    const template = args.template(0);
    if (typeof template === 'string' && readSize(template) === undefined) {
      report('nginx.invalid-value', args.place(0), `"${args.directive.text}" directive invalid value`, {
        hint: 'Write bytes, or a number with k or m: 500k, 1m.',
      });
    } else {
      draft.set(key, template);
    }
  };
}
