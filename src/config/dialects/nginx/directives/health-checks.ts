/** `health_check` and `match`: servers of an upstream are asked whether they are well. nginx has it for those who pay. */

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
import { checkRegexOf, readDialogueEntry, readEntry } from './health-conditions.ts';
import { keep } from './keep.ts';

interface SaidCheck {
  readonly check: Omit<HealthCheck, 'match' | 'dialogue' | 'timeoutMs' | 'host'>;
  readonly match: Word | undefined;
}

/** What a `match` says. */
type Judged = Pick<HealthCheck, 'match' | 'dialogue'>;

/** Said in a location, or in a server of `stream`. */
const HEALTH_CHECK: DraftKey<SaidCheck> = draftKey('health_check');
/** Said in `http`, or in `stream`. */
const MATCHES: DraftKey<Map<string, Judged>> = draftKey('match');
const CHECK_MS: DraftKey<number> = draftKey('health_check_timeout');

const USUAL_INTERVAL_MS = 5000;
const PORT_MAX = 65_535;
const ANYTHING: HealthMatch = { statuses: [], statusesAreExcluded: false, fields: [] };
/** Any success or redirect. */
const USUAL_MATCH: HealthMatch = { ...ANYTHING, statuses: [[200, 399]] };
/** Of a stream. */
const USUAL_TIMEOUT_MS = 5000;

/** What requests and streams differ in. */
interface CheckedKind {
  readonly uri: string | undefined;
  readonly isParameter: (name: string) => boolean;
  readonly parameters: string;
  /** Of a `match`: what stands in it, and what an entry adds to what has been said. Undefined: it is none. */
  readonly nothing: Judged;
  readonly read: (entry: Entry, said: Judged) => Judged | undefined;
  readonly conditions: string;
}

const REQUESTS: CheckedKind = {
  uri: '/',
  isParameter: () => true,
  parameters: 'interval=5s jitter=1s fails=1 passes=1 uri=/health match=NAME port=8080 mandatory',
  nothing: { match: ANYTHING },
  read: (entry, { match: said }) => {
    const read = readEntry(entry, said);
    return read && { match: read };
  },
  conditions: 'status 200-399; header Content-Type = text/html; or body ~ "Welcome";',
};

const STREAMS: CheckedKind = {
  uri: undefined,
  isParameter: (name) => name !== 'uri' && name !== 'keepalive_time',
  parameters: 'interval=5s jitter=1s fails=1 passes=1 match=NAME port=5433 mandatory',
  nothing: { match: USUAL_MATCH },
  read: (entry, { dialogue = { says: '' } }) => {
    const read = readDialogueEntry(entry, dialogue);
    return read && { match: USUAL_MATCH, dialogue: read };
  },
  conditions: 'send "PING\\r\\n"; expect "+PONG"; or expect ~ "^220 ";',
};

export const HEALTH_CHECK_ROWS: readonly Row[] = repeatable([
  row('health_check', 'location', '[parameter...]', 'Asks servers whether they are well.', {
    apply: (args, draft, report) => healthCheck(args, { draft, report, kind: REQUESTS }),
  }),
  row('match', 'http', 'plain {entries}', 'What a server that is well answers.', {
    apply: (args, draft, report) => defineMatch(args, { draft, report, kind: REQUESTS }),
  }),
]);

export const STREAM_HEALTH_CHECK_ROWS: readonly Row[] = [
  ...repeatable([
    row('health_check', 'stream-server', '[parameter...]', 'Asks servers whether they are well.', {
      apply: (args, draft, report) => healthCheck(args, { draft, report, kind: STREAMS }),
    }),
    row('match', 'stream', 'plain {entries}', 'What a server that is well answers.', {
      apply: (args, draft, report) => defineMatch(args, { draft, report, kind: STREAMS }),
    }),
  ]),
  row('health_check_timeout', 'stream stream-server', 'msec', 'How long connecting and an answer may take.', {
    apply: keep(CHECK_MS, (args) => args.number(0)),
  }),
];

interface Around {
  readonly draft: Draft;
  readonly report: NginxReport;
  readonly kind: CheckedKind;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Said = Writable<SaidCheck['check']>;

function healthCheck(args: GivenArguments, { draft, report, kind }: Around): void {
  const check: Said = {
    uri: kind.uri,
    intervalMs: USUAL_INTERVAL_MS,
    jitterMs: 0,
    fails: 1,
    passes: 1,
    port: 0,
    isMandatory: false,
  };
  let named: Word | undefined;
  for (const [at, text] of args.texts().entries()) {
    if (text === 'udp' && kind === STREAMS) {
      report('nginx.later', args.place(at), '"udp" has no effect yet', {
        hint: 'Nothing is asked by datagrams: servers of this upstream are not checked.',
        severity: 'warning',
      });
      return;
    }
    const isMatch = text.startsWith('match=') && text.length > 'match='.length;
    named = isMatch ? args.words[at] : named;
    if (!isMatch && !(kind.isParameter(text.split('=', 1)[0] ?? '') && readParameter(text, check))) {
      report('nginx.invalid-value', args.place(at), `invalid parameter "${text}"`, {
        hint: `Write ${kind.parameters}.`,
      });
      return;
    }
  }
  if (draft.own(HEALTH_CHECK) !== undefined) {
    const where = kind === STREAMS ? 'server' : 'location';
    report('nginx.suspicious', args.directive.place, `only the last "health_check" of a ${where} is made`, {
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

function defineMatch(args: GivenArguments, { draft, report, kind }: Around): void {
  const matches = draft.own(MATCHES) ?? new Map<string, Judged>();
  draft.set(MATCHES, matches);
  const name = args.text(0);
  if (matches.has(name)) {
    report('nginx.duplicate', args.place(0), `duplicate match "${name}"`, { hint: 'Remove one of the two.' });
    return;
  }
  let said = kind.nothing;
  for (const entry of args.entries) {
    const read = kind.read(entry, said);
    if (read === undefined) {
      report('nginx.invalid-value', entry[0].place, `invalid condition "${entry.map(({ text }) => text).join(' ')}"`, {
        hint: `Write ${kind.conditions}`,
      });
    } else {
      said = read;
      checkRegexOf(entry, report);
    }
  }
  matches.set(name, said);
}

/** When all has been read: a `match` may be defined further down. `around`: `http`, or `stream`. */
export function checkHealthChecks(around: Draft, report: NginxReport): void {
  const example = around.kind === 'stream' ? STREAMS.conditions.split(';', 1)[0] : 'status 200';
  for (const { match: named } of saidChecks(around)) {
    const name = named?.text.slice('match='.length);
    if (named !== undefined && name !== undefined && around.own(MATCHES)?.has(name) !== true) {
      report('nginx.conflict', named.place, `match "${name}" is not found`, {
        hint: `Define it in "${around.kind}": match ${name} { ${example}; }`,
      });
    }
  }
}

/** Of a block whose `health_check` finds nobody to ask. */
export function tellNobodyChecked(draft: Draft, report: NginxReport): void {
  report('nginx.conflict', draft.place, '"health_check" has no upstream whose servers it could ask', {
    hint: 'Only servers of a block "upstream" are checked: write one, and pass to its name.',
    severity: 'warning',
  });
}

export function saysHealthCheck(draft: Draft): boolean {
  return draft.own(HEALTH_CHECK) !== undefined;
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
  const matches = (draft.within('http') ?? draft.within('stream'))?.own(MATCHES);
  return { ...said.check, ...asked, ...(matches?.get(name) ?? { match: USUAL_MATCH }) };
}

/** Of a server of `stream`. */
export function streamCheckOf(draft: Draft): HealthCheck | undefined {
  return healthCheckOf(draft, { timeoutMs: draft.get(CHECK_MS) ?? USUAL_TIMEOUT_MS, host: '' });
}
