/**
 * headers-more, which many servers have beside nginx: `more_set_headers` and `more_clear_headers`. What a block says comes behind what is said around it, other than with
 * `add_header`, and holds whatever the status is.
 */

import { TOKEN } from '../../../../kernel/token.ts';
import type { FieldRule } from '../../../model/answers.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { parseText } from '../variables-in-text.ts';
import { HTTP_IF } from './contexts.ts';

const SET_FIELDS: DraftKey<readonly FieldRule[]> = draftKey('more_set_headers');

export const SET_FIELD_ROWS: readonly Row[] = repeatable([
  row('more_set_headers', HTTP_IF, 'text...', 'Sets fields of responses (headers-more).', {
    apply: readsRules((text) => {
      const colon = text.indexOf(':');
      const name = (colon === -1 ? text : text.slice(0, colon)).trim();
      const value = colon === -1 ? '' : text.slice(colon + 1).trim();
      return { name, value: parseText(value).template, always: true, effect: value === '' ? 'clear' : 'set' };
    }),
  }),
  row('more_clear_headers', HTTP_IF, 'plain...', 'Removes fields of responses (headers-more).', {
    apply: readsRules((text) => ({ name: text.replace(/:\s*$/, ''), value: '', always: true, effect: 'clear' })),
  }),
]);

/** A star at the end stands for any ending of the name. */
const NAME = new RegExp(`^${TOKEN}$`);

function readsRules(
  ruleOf: (text: string) => FieldRule,
): (args: GivenArguments, draft: Draft, report: NginxReport) => void {
  return (args, draft, report) => {
    const option = args.texts().findIndex((text) => /^-[ast]$/.test(text));
    if (option !== -1) {
      report('nginx.later', args.place(option), `"${args.text(option)}" has no effect yet`, {
        hint: 'Portico sets fields of all responses or of none: this directive is left out.',
        severity: 'warning',
      });
      return;
    }
    for (const [at, text] of args.texts().entries()) {
      const rule = ruleOf(text);
      if (NAME.test(rule.name)) {
        draft.append(SET_FIELDS, rule);
      } else {
        report('nginx.invalid-value', args.place(at), `invalid name of a field in "${text}"`, {
          hint: 'Write a name, a colon and a value in one pair of quotes.',
        });
      }
    }
  };
}

/** From the outermost block on. */
export function setFieldsOf(draft: Draft): readonly FieldRule[] {
  const outer = draft.parent === undefined ? [] : setFieldsOf(draft.parent);
  const own = draft.own(SET_FIELDS) ?? [];
  return own.length === 0 ? outer : [...outer, ...own];
}
