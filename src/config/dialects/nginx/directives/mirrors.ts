/** `mirror`: locations that get a copy of each request. */

import type { Scope } from '../../../model/scope.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { HTTP } from './contexts.ts';
import { keep } from './keep.ts';

/** None: they were taken back. */
const MIRRORS: DraftKey<readonly string[]> = draftKey('mirror');
const HAS_BODY: DraftKey<boolean> = draftKey('mirror_request_body');

export const MIRROR_ROWS: readonly Row[] = [
  row('mirror_request_body', HTTP, 'flag', 'Whether mirrored requests have the body.', {
    apply: keep(HAS_BODY, (args) => args.flag(0)),
  }),
  ...repeatable([row('mirror', HTTP, 'plain', 'A location that gets a copy of each request.', { apply: readMirror })]),
];

function readMirror(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const own = draft.own(MIRRORS);
  const isOff = args.text(0) === 'off';
  if (own !== undefined && (isOff || own.length === 0)) {
    report('nginx.duplicate', args.directive.place, '"mirror" directive is duplicate');
  } else if (isOff) {
    draft.set(MIRRORS, []);
  } else {
    draft.append(MIRRORS, args.text(0));
  }
}

export function mirrorsOf(draft: Draft): Scope['mirrors'] {
  const uris = draft.get(MIRRORS) ?? [];
  return uris.length === 0 ? undefined : { uris, hasBody: draft.get(HAS_BODY) ?? true };
}
