/** How servers show that they are well, as portico.toml has it. */

import { failure, success } from '../../../kernel/outcome.ts';
import type { HealthCheck, HealthMatch } from '../../model/upstream.ts';
import type { Kind, Path, Reading } from '../kind.ts';
import { describe } from '../kind.ts';
import { noteRegex } from '../note-names.ts';
import { DURATION, FLAG, integer, REGEX, scalar, TEXT } from '../scalars.ts';
import type { Fields } from '../table.ts';
import { field, list, required, table } from '../table.ts';

const [FIRST_STATUS, LAST_STATUS] = [100, 599];

type Range = HealthMatch['statuses'][number];

const STATUSES: Kind<Range> = scalar<Range>({
  words: 'a status, or `200-399`',
  schema: { type: ['integer', 'string'] },
  parse: (value) => {
    const [, from, to = from] =
      /^(\d{3})(?:-(\d{3}))?$/.exec(typeof value === 'number' || typeof value === 'string' ? String(value) : '') ?? [];
    const range = [Number(from), Number(to)] as const;
    const isRange = FIRST_STATUS <= range[0] && range[0] <= range[1] && range[1] <= LAST_STATUS;
    return isRange ? success(range) : failure(`${describe(value)} is neither a status nor a range as "200-399"`);
  },
  render: ([from, to]) => (from === to ? from : `${from}-${to}`),
});

type MatchedField = HealthMatch['fields'][number];

const FIELD: Fields<MatchedField> = {
  name: required<string>('name', TEXT, '', 'Its name.'),
  value: field<string | undefined>('value', TEXT, undefined, 'What it says; without it, it only has to be there.'),
  isRegex: field<boolean>('regex', FLAG, false, 'The value is a regex.'),
  isNegated: field<boolean>('not', FLAG, false, 'It does not say so, or is not there.'),
};

function checkField({ value, isRegex }: MatchedField, path: Path, reading: Reading): void {
  if (isRegex && value !== undefined) {
    noteRegex({ text: value, isCaseless: false }, [...path, 'value'], reading);
  }
}

type Body = NonNullable<HealthMatch['body']>;

/** Any success or redirect. */
export const USUAL_MATCH: HealthMatch = { statuses: [[200, 399]], statusesAreExcluded: false, fields: [] };

const MATCH: Fields<HealthMatch> = {
  statuses: field<HealthMatch['statuses']>(
    'status',
    list(STATUSES),
    USUAL_MATCH.statuses,
    'Its status is one of these; none: any.',
  ),
  statusesAreExcluded: field<boolean>('status-not', FLAG, false, 'Its status is none of these.'),
  fields: field<readonly MatchedField[]>(
    'headers',
    list(table(FIELD, { check: checkField })),
    [],
    'What its fields say.',
  ),
  body: field<HealthMatch['body']>(
    'body',
    table<Body>(
      {
        pattern: required<string>('regex', REGEX, '', 'A regex for the beginning of the body.'),
        isNegated: field<boolean>('not', FLAG, false, 'It does not match.'),
      },
      { short: { name: 'regex', isShort: (value) => typeof value === 'string' } },
    ),
    undefined,
    'What its body says.',
  ),
};

/** Whom it asks as is known by who passes requests to the upstream. */
export type WrittenHealthCheck = Omit<HealthCheck, 'policy' | 'dialogue'>;

export const USUAL_HEALTH_CHECK: WrittenHealthCheck = {
  uri: '/',
  intervalMs: 5000,
  jitterMs: 0,
  timeoutMs: 5000,
  fails: 1,
  passes: 1,
  port: 0,
  host: '',
  isMandatory: false,
  match: USUAL_MATCH,
};

const PATH: Kind<string> = scalar<string>({
  words: 'a path',
  schema: { type: 'string', pattern: '^/' },
  parse: (value) =>
    typeof value === 'string' && /^\/[\x21-\x7e]*$/.test(value)
      ? success(value)
      : failure(`${describe(value)} is not a path that begins with a slash`),
  render: (path) => path,
});

export const HEALTH_CHECK: Kind<WrittenHealthCheck> = table<WrittenHealthCheck>(
  {
    uri: {
      ...field<HealthCheck['uri']>(
        'path',
        PATH,
        USUAL_HEALTH_CHECK.uri,
        'What is asked for; `false`: it is enough that a connection is accepted.',
      ),
      canBeOff: true,
    },
    intervalMs: field<number>('interval', DURATION, USUAL_HEALTH_CHECK.intervalMs, 'How often.'),
    jitterMs: field<number>('jitter', DURATION, 0, 'A time up to this is added to it by chance.'),
    timeoutMs: field<number>('timeout', DURATION, USUAL_HEALTH_CHECK.timeoutMs, 'How long an answer may take.'),
    fails: field<number>('fails', integer(1), 1, 'After so many failures in a row nobody is sent there.'),
    passes: field<number>('passes', integer(1), 1, 'After so many successes in a row it is well again.'),
    port: field<number>('port', integer(0, 65_535), 0, "Another port than the server's."),
    host: field<string>('host', TEXT, '', "The field `Host`; empty: the upstream's name."),
    isMandatory: field<boolean>('mandatory', FLAG, false, 'Nobody is sent to a server before it has passed.'),
    match: field<HealthMatch>('match', table(MATCH), USUAL_MATCH, 'What an answer has to be.'),
  },
  { short: { name: 'path', isShort: (value) => typeof value === 'string' } },
);
