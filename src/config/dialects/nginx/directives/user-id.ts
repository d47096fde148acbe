/** userid and what it is made of: a cookie that tells clients apart. */

import type { UserId } from '../../../model/answers.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { readSeconds } from '../times.ts';
import { HTTP } from './contexts.ts';
import { appendEach, keep } from './keep.ts';

/** In the order in which nginx writes them. */
const FLAGS = ['secure', 'httponly', 'samesite=strict', 'samesite=lax', 'samesite=none'] as const;
const COOKIE_FLAGS = ['off', ...FLAGS].join('|');

const MODE: DraftKey<UserId['mode'] | 'off'> = draftKey('userid');
const SERVICE: DraftKey<number> = draftKey('userid_service');
const NAME: DraftKey<string> = draftKey('userid_name');
const DOMAIN: DraftKey<string> = draftKey('userid_domain');
const PATH: DraftKey<string> = draftKey('userid_path');
const EXPIRES: DraftKey<number | 'max' | 'off'> = draftKey('userid_expires');
const P3P: DraftKey<string> = draftKey('userid_p3p');
const MARK: DraftKey<string> = draftKey('userid_mark');
const COOKIE: DraftKey<readonly string[]> = draftKey('userid_flags');

const withoutNone = (args: GivenArguments): string => (args.text(0) === 'none' ? '' : args.text(0));

export const USER_ID_ROWS: readonly Row[] = [
  row('userid', HTTP, 'off|log|v1|on', 'A cookie that tells clients apart.', {
    // One of the words of the signature.
    apply: keep(MODE, (args) => args.word(0) as UserId['mode'] | 'off'),
  }),
  row('userid_service', HTTP, 'number', 'The number of the server in the cookie.', {
    apply: keep(SERVICE, (args) => args.number(0)),
  }),
  row('userid_name', HTTP, 'plain', 'The name of the cookie.', { apply: keep(NAME, (args) => args.text(0)) }),
  row('userid_domain', HTTP, 'plain', 'The domain of the cookie.', { apply: keep(DOMAIN, withoutNone) }),
  row('userid_path', HTTP, 'plain', 'The path of the cookie.', { apply: keep(PATH, (args) => args.text(0)) }),
  row('userid_expires', HTTP, 'plain', 'How long the cookie is kept: a time, `max`, or `off`.', {
    apply: readExpires,
  }),
  row('userid_p3p', HTTP, 'plain', 'The field P3P that is sent with the cookie.', { apply: keep(P3P, withoutNone) }),
  row('userid_mark', HTTP, 'plain', 'A letter in the cookie that marks those who know about it.', { apply: readMark }),
  ...repeatable([
    row('userid_flags', HTTP, `${COOKIE_FLAGS} [${COOKIE_FLAGS}] [${COOKIE_FLAGS}]`, 'Flags of the cookie.', {
      apply: (args, draft) => appendEach(draft, COOKIE, args.texts()),
    }),
  ]),
];

function readExpires(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const text = args.text(0);
  const seconds = text === 'max' || text === 'off' ? text : readSeconds(text);
  if (seconds === undefined) {
    report('nginx.invalid-value', args.place(0), `"userid_expires" directive invalid value "${text}"`, {
      hint: 'Write a time as 30d, max, or off.',
    });
    return;
  }
  draft.set(EXPIRES, seconds);
}

function readMark(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const text = args.text(0);
  if (text !== 'off' && !/^[0-9A-Za-z=]$/.test(text)) {
    const message = '"userid_mark" directive value must be "off" or a single letter, digit or "="';
    report('nginx.invalid-value', args.place(0), message);
    return;
  }
  draft.set(MARK, text === 'off' ? '' : text);
}

export function userIdOf(draft: Draft): UserId | undefined {
  const mode = draft.get(MODE) ?? 'off';
  if (mode === 'off') {
    return undefined;
  }
  const flags = draft.get(COOKIE) ?? [];
  const expires = draft.get(EXPIRES) ?? 'off';
  return {
    mode,
    name: draft.get(NAME) ?? 'uid',
    domain: draft.get(DOMAIN) ?? '',
    path: draft.get(PATH) ?? '/',
    expires: expires === 'off' || expires === 0 ? undefined : expires,
    p3p: draft.get(P3P) ?? '',
    mark: draft.get(MARK) ?? '',
    service: draft.get(SERVICE) ?? 0,
    flags: flags.includes('off') ? [] : FLAGS.filter((flag) => flags.includes(flag)),
  };
}
