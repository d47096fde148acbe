/** `health_check` in a location, and `match`: servers of an upstream are asked whether they are well. nginx has it for those who pay. */

import type { HealthCheck, HealthMatch } from '../../../model/upstream.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { Entry } from '../entries.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { readMilliseconds } from '../times.ts';
import type { Word } from '../token.ts';

interface SaidCheck {
  readonly check: Omit<HealthCheck, 'match' | 'timeoutMs' | 'host'>;
  readonly match: Word | undefined;
}

/** Said in a location. */
export const HEALTH_CHECK: DraftKey<SaidCheck> = draftKey('health_check');
/** Said in `http`. */
const MATCHES: DraftKey<Map<string, HealthMatch>> = draftKey('match');

const USUAL_INTERVAL_MS = 5000;
const PORT_MAX = 65_535;
/** Any success or redirect. */
const USUAL_MATCH: HealthMatch = { statuses: [[200, 399]], statusesAreExcluded: false, fields: [] };

export const HEALTH_CHECK_ROWS: readonly Row[] = repeatable([
  row('health_check', 'location', '[parameter...]', 'Asks servers whether they are well.', { apply: healthCheck }),
  row('match', 'http', 'plain {entries}', 'What a server that is well answers.', { apply: match }),
]);

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Said = Writable<SaidCheck['check']>;

function healthCheck(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const check: Said = {
    uri: '/',
    intervalMs: USUAL_INTERVAL_MS,
    jitterMs: 0,
    fails: 1,
    passes: 1,
    port: 0,
    isMandatory: false,
  };
  let named: Word | undefined;
  for (const [at, text] of args.texts().entries()) {
    const isMatch = text.startsWith('match=') && text.length > 'match='.length;
    named = isMatch ? args.words[at] : named;
    if (!isMatch && !readParameter(text, check)) {
      report('nginx.invalid-value', args.place(at), `invalid parameter "${text}"`, {
        hint: 'Write interval=5s jitter=1s fails=1 passes=1 uri=/health match=NAME port=8080 mandatory.',
      });
      return;
    }
  }
  if (draft.own(HEALTH_CHECK) !== undefined) {
    report('nginx.suspicious', args.directive.place, 'only the last "health_check" of a location is made', {
      hint: 'Remove the others.',
      severity: 'warning',
    });
  }
  draft.set(HEALTH_CHECK, { check, match: named });
}

/** False if it is none. */
function readParameter(text: string, check: Said): boolean {
  const [, name = text, value = ''] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  const ms = readMilliseconds(value);
  const number = /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  switch (name) {
    case 'interval':
      check.intervalMs = ms ?? 0;
      return ms !== undefined && ms > 0;
    case 'jitter':
      check.jitterMs = ms ?? 0;
      return ms !== undefined;
    case 'keepalive_time':
      return ms !== undefined;
    case 'fails':
    case 'passes':
      check[name] = number ?? 0;
      return number !== undefined && number > 0;
    case 'port':
      check.port = number ?? 0;
      return number !== undefined && number > 0 && number <= PORT_MAX;
    case 'uri':
      check.uri = value;
      return value.startsWith('/');
    case 'mandatory':
      check.isMandatory = true;
      return text === name;
    // What is known of servers outlives a reload anyhow.
    case 'persistent':
      return text === name;
    default:
      return false;
  }
}

function match(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const matches = draft.own(MATCHES) ?? new Map<string, HealthMatch>();
  draft.set(MATCHES, matches);
  const name = args.text(0);
  if (matches.has(name)) {
    report('nginx.duplicate', args.place(0), `duplicate match "${name}"`, { hint: 'Remove one of the two.' });
    return;
  }
  let said: HealthMatch = { statuses: [], statusesAreExcluded: false, fields: [] };
  for (const entry of args.entries) {
    const read = readEntry(entry, said);
    if (read === undefined) {
      report('nginx.invalid-value', entry[0].place, `invalid condition "${entry.map(({ text }) => text).join(' ')}"`, {
        hint: 'Write status 200-399; header Content-Type = text/html; or body ~ "Welcome";',
      });
    } else {
      said = read;
    }
  }
  matches.set(name, said);
}

/** Undefined: it is no condition. */
function readEntry([kind, ...words]: Entry, said: HealthMatch): HealthMatch | undefined {
  const texts = words.map(({ text }) => text);
  switch (kind.text) {
    case 'status':
      return readStatuses(texts, said);
    case 'header':
      return readField(texts, said);
    case 'body': {
      const [operator = '', pattern = '', ...more] = texts;
      const isOne = /^!?~$/.test(operator) && pattern !== '' && more.length === 0;
      return isOne ? { ...said, body: { pattern, isNegated: operator === '!~' } } : undefined;
    }
    default:
      return undefined;
  }
}

function readStatuses(texts: readonly string[], said: HealthMatch): HealthMatch | undefined {
  const isNegated = texts[0] === '!';
  const ranges = (isNegated ? texts.slice(1) : texts).map((text) => {
    const [, from, to = from] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(text) ?? [];
    return [Number(from), Number(to)] as const;
  });
  return ranges.length === 0 || !ranges.every(([from, to]) => from <= to)
    ? undefined
    : { ...said, statuses: ranges, statusesAreExcluded: isNegated };
}

function readField(texts: readonly string[], said: HealthMatch): HealthMatch | undefined {
  const isAbsent = texts[0] === '!';
  const [name = '', operator, ...values] = isAbsent ? texts.slice(1) : texts;
  if (name === '' || (operator === undefined) !== (values.length === 0) || (isAbsent && operator !== undefined)) {
    return undefined;
  }
  if (operator === undefined) {
    return { ...said, fields: [...said.fields, { name, isRegex: false, isNegated: isAbsent }] };
  }
  const [, not, sign] = /^(!?)(=|~)$/.exec(operator) ?? [];
  const value = values.join(' ');
  return sign === undefined
    ? undefined
    : { ...said, fields: [...said.fields, { name, value, isRegex: sign === '~', isNegated: not === '!' }] };
}

/** When all has been read: a `match` may be defined further down. */
export function checkHealthChecks(http: Draft, report: NginxReport): void {
  for (const { match: named } of saidChecks(http)) {
    const name = named?.text.slice('match='.length);
    if (named !== undefined && name !== undefined && http.own(MATCHES)?.has(name) !== true) {
      report('nginx.conflict', named.place, `match "${name}" is not found`, {
        hint: `Define it in "http": match ${name} { status 200; }`,
      });
    }
  }
}

function* saidChecks(draft: Draft): Generator<SaidCheck> {
  const said = draft.own(HEALTH_CHECK);
  if (said !== undefined) {
    yield said;
  }
  for (const child of draft.children) {
    yield* saidChecks(child);
  }
}

/** `timeoutMs` and `host` are those of the location's requests. */
export function healthCheckOf(draft: Draft, asked: Pick<HealthCheck, 'timeoutMs' | 'host'>): HealthCheck | undefined {
  const said = draft.own(HEALTH_CHECK);
  if (said === undefined) {
    return undefined;
  }
  const name = said.match?.text.slice('match='.length) ?? '';
  return { ...said.check, ...asked, match: draft.within('http')?.own(MATCHES)?.get(name) ?? USUAL_MATCH };
}
