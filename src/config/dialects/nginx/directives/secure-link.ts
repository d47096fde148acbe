/** secure_link, secure_link_md5 and secure_link_secret: links that somebody has signed. */

import type { SecureLink } from '../../../model/access.ts';
import type { Template } from '../../../model/template.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { row } from '../row.ts';
import { HTTP } from './contexts.ts';
import { keep } from './keep.ts';

const LINK: DraftKey<Template> = draftKey('secure_link');
const HASHED: DraftKey<Template> = draftKey('secure_link_md5');
const SECRET: DraftKey<string> = draftKey('secure_link_secret');

export const SECURE_LINK_ROWS: readonly Row[] = [
  row('secure_link', HTTP, 'text', 'The hash, and the time, that a link brings with it.', {
    apply: keep(LINK, (args) => args.template(0)),
  }),
  row('secure_link_md5', HTTP, 'text', 'What the hash of a link is made of.', {
    apply: keep(HASHED, (args) => args.template(0)),
  }),
  row('secure_link_secret', HTTP, 'plain', 'The secret of links, in the older manner.', {
    apply: keep(SECRET, (args) => args.text(0)),
  }),
];

/** Whichever manner is said nearest holds. Both in one block contradict each other, which is told. */
export function secureLinkOf(draft: Draft, report: NginxReport): SecureLink | undefined {
  const ownSecret = draft.own(SECRET);
  const hasExpression = draft.own(LINK) !== undefined || draft.own(HASHED) !== undefined;
  if (ownSecret !== undefined && hasExpression) {
    const message = '"secure_link_secret" cannot be mixed with "secure_link" and "secure_link_md5"';
    report('nginx.conflict', draft.place, message, { hint: 'Take one of the two manners in this block.' });
    return undefined;
  }
  if (ownSecret !== undefined) {
    return { kind: 'secret', secret: ownSecret };
  }
  if (!hasExpression && draft.parent !== undefined) {
    // What is wrong in the block around is told there.
    return secureLinkOf(draft.parent, () => undefined);
  }
  const [link, hashed] = [draft.get(LINK), draft.get(HASHED)];
  return link === undefined || hashed === undefined ? undefined : { kind: 'expression', link, hashed };
}
