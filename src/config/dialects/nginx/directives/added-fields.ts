/** `add_header`, `add_trailer` and `expires`. As with everything that adds up, one of them in a block takes the place of all around it. */

import type { Outcome } from '../../../../kernel/outcome.ts';
import { failure, success } from '../../../../kernel/outcome.ts';
import type { Expires, FieldRule, FieldRules } from '../../../model/answers.ts';
import type { Template } from '../../../model/template.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { readSeconds } from '../times.ts';
import { HTTP_IF } from './contexts.ts';
import { setFieldsOf } from './set-fields.ts';

export const ADDED_FIELDS: DraftKey<readonly FieldRule[]> = draftKey('add_header');
export const ADDED_TRAILERS: DraftKey<readonly FieldRule[]> = draftKey('add_trailer');

export const EXPIRES: DraftKey<Expires | Template> = draftKey('expires');

/** A block that says one of these has rules of its own. */
export const FIELD_KEYS: readonly DraftKey<unknown>[] = [ADDED_FIELDS, ADDED_TRAILERS, EXPIRES];

export const ADDED_FIELD_ROWS: readonly Row[] = [
  row('expires', HTTP_IF, 'text [text]', 'How long browsers may keep the response.', { apply: applyExpires }),
  ...repeatable([
    row('add_header', HTTP_IF, 'plain text [plain]', 'Adds a field to responses.', { apply: adds(ADDED_FIELDS) }),
    row('add_trailer', HTTP_IF, 'plain text [plain]', 'Adds a field behind responses.', {
      apply: adds(ADDED_TRAILERS),
    }),
  ]),
];

/** Not to be added, see edge/pipeline/edits. */
const FRAMING = /^(?:content-length|transfer-encoding)$/i;

function adds(key: DraftKey<readonly FieldRule[]>): (args: GivenArguments, draft: Draft, report: NginxReport) => void {
  return (args, draft, report) => {
    if (args.count === 3 && args.text(2) !== 'always') {
      report('nginx.invalid-value', args.place(2), `invalid parameter "${args.text(2)}"`, {
        hint: 'The third word can only be "always". A value with spaces needs quotes around it.',
      });
      return;
    }
    if (FRAMING.test(args.text(0))) {
      report(
        'nginx.suspicious',
        args.place(0),
        `"${args.text(0)}" is not added: Portico itself says how long a response is`,
        {
          hint: 'nginx sends it beside its own, and a client may heed the wrong one. Leave the line out.',
          severity: 'warning',
        },
      );
    }
    draft.append(key, { name: args.text(0), value: args.template(1), always: args.count === 3, effect: 'add' });
  };
}

/** Undefined where nothing is said: responses keep the fields that they have. */
export function fieldRulesOf(draft: Draft): FieldRules | undefined {
  // As in nginx, where headers-more comes first: what it removes may be added again.
  const fields = [...setFieldsOf(draft), ...(draft.get(ADDED_FIELDS) ?? [])];
  const trailers = draft.get(ADDED_TRAILERS) ?? [];
  const expires = draft.get(EXPIRES);
  return fields.length + trailers.length === 0 && expires === undefined ? undefined : { fields, trailers, expires };
}

const DAY_SECONDS = 24 * 60 * 60;

function applyExpires(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const isModified = args.count === 2;
  const last = args.count - 1;
  const template = args.template(last);
  if (isModified && args.text(0) !== 'modified') {
    report('nginx.invalid-value', args.place(0), '"expires" directive invalid value', {
      hint: 'The first of two words can only be "modified".',
    });
    return;
  }
  // The value of a variable is read for each request.
  const modified = isModified ? ['modified '] : [];
  const expires =
    typeof template === 'string' ? readExpires(template, isModified) : success([...modified, ...template]);
  if (expires.ok) {
    draft.set(EXPIRES, expires.value);
  } else {
    report('nginx.invalid-value', args.place(last), `"expires" directive ${expires.fault}`, {
      hint: 'Write a time as in 30d or -1, a time of day as in @15h30m, or one of: epoch, max, off.',
    });
  }
}

function readExpires(text: string, isModified: boolean): Outcome<Expires> {
  if (!isModified && (text === 'epoch' || text === 'max' || text === 'off')) {
    return success({ kind: text });
  }
  const isDaily = text.startsWith('@');
  if (isDaily && isModified) {
    return failure('daily time cannot be used with "modified" parameter');
  }
  const seconds = readSeconds(text.replace(/^[@+-]/, ''));
  if (seconds === undefined) {
    return failure('invalid value');
  }
  if (isDaily) {
    return seconds > DAY_SECONDS
      ? failure('daily time value must be less than 24 hours')
      : success({ kind: 'at', secondOfDay: seconds });
  }
  const since = isModified ? 'modification' : 'access';
  return success({ kind: 'after', seconds: text.startsWith('-') ? -seconds : seconds, since });
}
