/** What changes the text of responses: sub_filter, what is added before and behind, commands in pages (SSI), and how fast it leaves. */

import type { Additions, Sending, ServerSideIncludes, Substitutions } from '../../../model/bodies.ts';
import type { Template } from '../../../model/template.ts';
import type { Draft } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { Row } from '../row.ts';
import { accepted, repeatable, row } from '../row.ts';
import { HTTP, HTTP_IF } from './contexts.ts';
import { keep } from './keep.ts';
import { keepSpeed } from './keep-speed.ts';
import { typesOf, typesRow } from './media-types.ts';

const pairs = draftKey<Substitutions['pairs']>('sub_filter');
const isOnce = draftKey<boolean>('sub_filter_once');
const substitutionsKeepTime = draftKey<boolean>('sub_filter_last_modified');
const substitutionTypes = draftKey<readonly string[]>('sub_filter_types');
const before = draftKey<string>('add_before_body');
const after = draftKey<string>('add_after_body');
const additionTypes = draftKey<readonly string[]>('addition_types');
const ssi = draftKey<boolean>('ssi');
const isSilent = draftKey<boolean>('ssi_silent_errors');
const includesKeepTime = draftKey<boolean>('ssi_last_modified');
const valueLengthMax = draftKey<number>('ssi_value_length');
const includeTypes = draftKey<readonly string[]>('ssi_types');
const rate = draftKey<Template>('limit_rate');
const rateAfter = draftKey<Template>('limit_rate_after');

const USUAL_VALUE_LENGTH = 255;

export const CHANGED_BODIES: readonly Row[] = [
  ...repeatable([
    row('sub_filter', HTTP, 'text text', 'Replaces a text in pages.', {
      apply: (args, draft, report) => {
        if (args.text(0) === '') {
          report('nginx.invalid-value', args.place(0), 'empty search pattern');
          return;
        }
        draft.append(pairs, { from: args.template(0), to: args.template(1) });
      },
    }),
  ]),
  row('sub_filter_once', HTTP, 'flag', 'Whether only the first occurrence is replaced.', {
    apply: keep(isOnce, (args) => args.flag(0)),
  }),
  row('sub_filter_last_modified', HTTP, 'flag', 'Whether pages keep their time when something is replaced.', {
    apply: keep(substitutionsKeepTime, (args) => args.flag(0)),
  }),
  typesRow('sub_filter_types', substitutionTypes, 'Media types in which texts are replaced, beside text/html.'),
  row('add_before_body', HTTP, 'plain', 'A location whose response stands before the body.', {
    apply: keep(before, (args) => args.text(0)),
  }),
  row('add_after_body', HTTP, 'plain', 'A location whose response stands behind the body.', {
    apply: keep(after, (args) => args.text(0)),
  }),
  typesRow('addition_types', additionTypes, 'Media types to which something is added, beside text/html.'),
  row('ssi', HTTP_IF, 'flag', 'Whether commands in pages are run.', { apply: keep(ssi, (args) => args.flag(0)) }),
  row('ssi_silent_errors', HTTP, 'flag', 'Whether pages say nothing of commands that failed.', {
    apply: keep(isSilent, (args) => args.flag(0)),
  }),
  row('ssi_last_modified', HTTP, 'flag', 'Whether pages with commands keep their time.', {
    apply: keep(includesKeepTime, (args) => args.flag(0)),
  }),
  row('ssi_value_length', HTTP, 'size', 'How long the value of a parameter may be.', {
    apply: keep(valueLengthMax, (args) => args.number(0)),
  }),
  typesRow('ssi_types', includeTypes, 'Media types in which commands are run, beside text/html.'),
  ...accepted('Pages with commands are read in pieces that nobody else uses.', [
    row('ssi_min_file_chunk', HTTP, 'size', 'From which size on a piece of a page is sent from its file.'),
    row('ssi_ignore_recycled_buffers', HTTP, 'flag', 'How buffers of pages with commands are reused.'),
  ]),
  row('limit_rate', HTTP_IF, 'text', 'How fast a response is sent, in bytes a second.', {
    apply: keepSpeed(rate),
  }),
  row('limit_rate_after', HTTP_IF, 'text', 'How much of a response is sent before `limit_rate` begins.', {
    apply: keepSpeed(rateAfter),
  }),
];

export function substitutionsOf(draft: Draft): Substitutions | undefined {
  const said = draft.get(pairs);
  return said === undefined
    ? undefined
    : {
        pairs: said,
        isOnce: draft.get(isOnce) ?? true,
        keepsLastModified: draft.get(substitutionsKeepTime) ?? false,
        types: typesOf(draft, substitutionTypes),
      };
}

/** An empty path is none: it takes back what is said around the block. */
export function additionsOf(draft: Draft): Additions | undefined {
  const first = draft.get(before) ?? '';
  const last = draft.get(after) ?? '';
  return first === '' && last === ''
    ? undefined
    : {
        before: first === '' ? undefined : first,
        after: last === '' ? undefined : last,
        types: typesOf(draft, additionTypes),
      };
}

export function includesOf(draft: Draft): ServerSideIncludes | undefined {
  return draft.get(ssi) === true
    ? {
        types: typesOf(draft, includeTypes),
        isSilent: draft.get(isSilent) ?? false,
        keepsLastModified: draft.get(includesKeepTime) ?? false,
        valueLengthMax: draft.get(valueLengthMax) ?? USUAL_VALUE_LENGTH,
      }
    : undefined;
}

export function rateOf(draft: Draft): Pick<Sending, 'rate' | 'rateAfter'> {
  const said = draft.get(rate);
  const saidAfter = draft.get(rateAfter);
  return {
    ...(said === undefined ? {} : { rate: said }),
    ...(saidAfter === undefined ? {} : { rateAfter: saidAfter }),
  };
}
