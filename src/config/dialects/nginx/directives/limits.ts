/** limit_req and limit_conn: how often, and how many at a time, by a key. */

import type { ConnectionCount, LimitManner, RequestRate, Zone } from '../../../model/access.ts';
import type { Scope } from '../../../model/scope.ts';
import type { Place } from '../../../place.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Apply, Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { readSize } from '../sizes.ts';
import { HTTP } from './contexts.ts';
import { declareZone } from './shared-zones.ts';

/** A name that has to be that of a zone, which may be defined further down. */
interface Used<T> {
  readonly rule: T;
  readonly place: Place;
}

type Level = LimitManner['logLevel'];

export const ZONES: DraftKey<readonly Zone[]> = draftKey('zones');
/** Of each line that defines a zone, sound or not. */
const ZONE_NAMES: DraftKey<readonly string[]> = draftKey('names of zones');
export const REQUEST_RATES: DraftKey<readonly Used<RequestRate>[]> = draftKey('limit_req');
export const CONNECTION_COUNTS: DraftKey<readonly Used<ConnectionCount>[]> = draftKey('limit_conn');

interface MannerKeys {
  readonly status: DraftKey<number>;
  readonly level: DraftKey<Level>;
  readonly isDry: DraftKey<boolean>;
}

const RATE_MANNER: MannerKeys = {
  status: draftKey('limit_req_status'),
  level: draftKey('limit_req_log_level'),
  isDry: draftKey('limit_req_dry_run'),
};
const COUNT_MANNER: MannerKeys = {
  status: draftKey('limit_conn_status'),
  level: draftKey('limit_conn_log_level'),
  isDry: draftKey('limit_conn_dry_run'),
};
export const LIMIT_KEYS: readonly DraftKey<unknown>[] = [
  REQUEST_RATES,
  CONNECTION_COUNTS,
  RATE_MANNER.status,
  RATE_MANNER.level,
  RATE_MANNER.isDry,
  COUNT_MANNER.status,
  COUNT_MANNER.level,
  COUNT_MANNER.isDry,
];

const USUAL_STATUS = 503;
const USUAL_LEVEL: Level = 'error';
/** nginx wants eight pages of memory. */
const ZONE_BYTES_MIN = 32_768;
const LEVELS = 'info|notice|warn|error';
const STREAM = 'stream stream-server';

export const LIMITS: readonly Row[] = [
  ...mannerRows('limit_req', HTTP, RATE_MANNER),
  ...mannerRows('limit_conn', `${HTTP} ${STREAM}`, COUNT_MANNER),
  ...repeatable([
    row('limit_req_zone', 'http', 'text parameter parameter', 'Memory that counts requests by a key.', {
      apply: zone('requests'),
    }),
    row('limit_req', HTTP, 'parameter [parameter] [parameter]', 'How fast requests of one key may come.', {
      apply: limitRequests,
    }),
    row('limit_conn_zone', 'http stream', 'text parameter', 'Memory that counts connections by a key.', {
      apply: zone('connections'),
    }),
    row('limit_conn', `${HTTP} ${STREAM}`, 'plain number(1-65535)', 'How many connections of one key there may be.', {
      apply: limitConnections,
    }),
  ]),
];

function mannerRows(name: string, contexts: string, { status, level, isDry }: MannerKeys): Row[] {
  const what = name === 'limit_req' ? 'requests that come too early' : 'connections that are too many';
  return [
    row(`${name}_log_level`, contexts, LEVELS, `How ${what} are logged.`, {
      // One of the words of the signature.
      apply: (args, draft) => draft.set(level, args.word(0) as Level),
    }),
    row(`${name}_status`, HTTP, 'number(400-599)', `What ${what} are refused with.`, {
      apply: (args, draft) => draft.set(status, args.number(0)),
    }),
    row(`${name}_dry_run`, contexts, 'flag', `Whether ${what} are only counted and logged.`, {
      apply: (args, draft) => draft.set(isDry, args.flag(0)),
    }),
  ];
}

function zone(kind: Zone['kind']): Apply {
  return (args, draft, report) => {
    const directive = args.directive.text;
    for (const text of args.texts(1)) {
      const [, name] = /^zone=([^:]*)/.exec(text) ?? [];
      if (name !== undefined) draft.append(ZONE_NAMES, name);
    }
    let said: Pick<Zone, 'name' | 'bytes'> | undefined;
    let rate = kind === 'requests' ? 1000 : 0;
    for (let at = 1; at < args.count; at += 1) {
      const text = args.text(at);
      const read = isZone(text) ? readZone(text) : undefined;
      const perKilosecond = kind === 'requests' ? readRate(text) : undefined;
      if (typeof read === 'object') {
        said = read;
      } else if (typeof perKilosecond === 'number') {
        rate = perKilosecond;
      } else {
        const fault = read ?? (text.startsWith('rate=') && kind === 'requests' ? `invalid rate "${text}"` : undefined);
        report('nginx.invalid-value', args.place(at), fault ?? `invalid parameter "${text}"`, {
          hint: kind === 'requests' ? 'Write zone=name:10m rate=10r/s.' : 'Write zone=name:10m.',
        });
        return;
      }
    }
    if (said === undefined) {
      report('nginx.invalid-value', args.directive.place, `"${directive}" must have "zone" parameter`);
      return;
    }
    const { name, bytes } = said;
    const use = kind === 'requests' ? 'limit_req' : 'limit_conn';
    if (!declareZone(args, draft, report, { name, use, bytes, at: 1 + args.texts(1).findIndex(isZone) })) {
      return;
    }
    if (draft.own(ZONES)?.some((other) => other.name === name && other.kind === kind)) {
      report('nginx.duplicate', args.directive.place, `${directive} "${name}" is already bound to a key`);
      return;
    }
    draft.append(ZONES, { ...said, kind, key: args.template(0), ratePerKilosecond: rate });
  };
}

function isZone(text: string): boolean {
  return text.startsWith('zone=');
}

/** A sentence: what is wrong. */
function readZone(text: string): Pick<Zone, 'name' | 'bytes'> | string {
  const [, name = '', size] = /^zone=([^:]*)(?::(.*))?$/.exec(text) ?? [];
  const bytes = size === undefined ? undefined : readSize(size);
  if (name === '' || bytes === undefined) {
    return `invalid zone size "${text}"`;
  }
  return bytes < ZONE_BYTES_MIN ? `zone "${name}" is too small` : { name, bytes };
}

/** In a thousand seconds, rounded as nginx does it. Undefined: it is no rate. */
function readRate(text: string): number | undefined {
  const [, count, unit] = /^rate=(\d{1,9})(?:r\/([sm]))?$/.exec(text) ?? [];
  return count === undefined || Number(count) === 0
    ? undefined
    : Math.floor((Number(count) * 1000) / (unit === 'm' ? 60 : 1));
}

function limitRequests(args: GivenArguments, draft: Draft, report: NginxReport): void {
  let name = '';
  let burst = 0;
  let delayAfter: RequestRate['delayAfter'] = 0;
  for (const [at, text] of args.texts().entries()) {
    const [, key = '', value = ''] = /^([a-z]+)(?:=(.*))?$/.exec(text) ?? [];
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (key === 'zone' && value !== '') {
      name = value;
    } else if (key === 'burst' && number > 0) {
      burst = number;
    } else if (key === 'delay' && number > 0) {
      delayAfter = number;
    } else if (text === 'nodelay') {
      delayAfter = 'all';
    } else {
      const words =
        key === 'burst' ? 'invalid burst value' : key === 'delay' ? 'invalid delay value' : 'invalid parameter';
      report('nginx.invalid-value', args.place(at), `${words} "${text}"`, {
        hint: 'Write zone=name burst=20 nodelay.',
      });
      return;
    }
  }
  if (name === '') {
    report('nginx.invalid-value', args.directive.place, '"limit_req" must have "zone" parameter');
  } else if (draft.own(REQUEST_RATES)?.some(({ rule }) => rule.zone === name)) {
    report('nginx.duplicate', args.directive.place, '"limit_req" directive is duplicate');
  } else {
    draft.append(REQUEST_RATES, { rule: { zone: name, burst, delayAfter }, place: args.directive.place });
  }
}

function limitConnections(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const name = args.text(0);
  if (draft.own(CONNECTION_COUNTS)?.some(({ rule }) => rule.zone === name)) {
    report('nginx.duplicate', args.directive.place, '"limit_conn" directive is duplicate');
  } else {
    draft.append(CONNECTION_COUNTS, { rule: { zone: name, max: args.number(1) }, place: args.directive.place });
  }
}

/** The zones of all of `http` and of `stream`. */
export function zonesOf(main: Draft): readonly Zone[] {
  return main.children.flatMap((child) =>
    child.kind === 'http' || child.kind === 'stream' ? (child.own(ZONES) ?? []) : [],
  );
}

/** A zone that nobody has defined, or that counts something else, is told of where a block names it. Whose own line is at fault is not unknown. */
export function checkLimits(http: Draft, report: NginxReport): void {
  const zones = http.own(ZONES) ?? [];
  const isWrong = (name: string) =>
    http.own(ZONE_NAMES)?.includes(name) === true && !zones.some((one) => one.name === name);
  for (const draft of withAllInside(http)) {
    for (const [key, kind] of [
      [REQUEST_RATES, 'requests'],
      [CONNECTION_COUNTS, 'connections'],
    ] as const) {
      const used = draft.own<readonly Used<RequestRate | ConnectionCount>[]>(key) ?? [];
      for (const { rule, place } of used) {
        if (!isWrong(rule.zone) && !zones.some((one) => one.kind === kind && one.name === rule.zone)) {
          tellUnknown(kind, rule.zone, place, report);
        }
      }
    }
  }
}

function* withAllInside(draft: Draft): Generator<Draft> {
  yield draft;
  for (const child of draft.children) yield* withAllInside(child);
}

function tellUnknown(kind: Zone['kind'], zone: string, place: Place, report: NginxReport): void {
  const directive = kind === 'requests' ? 'limit_req_zone' : 'limit_conn_zone';
  report('nginx.conflict', place, `unknown ${directive} "${zone}"`, {
    hint: `Define it in "http": ${directive} KEY zone=${zone}:10m${kind === 'requests' ? ' rate=10r/s' : ''};`,
  });
}

/** What holds in a block. */
export function limitsOf(draft: Draft): Pick<Scope, 'requestRates' | 'connectionCounts'> {
  const rates = (draft.get(REQUEST_RATES) ?? []).map(({ rule }) => rule);
  const counts = (draft.get(CONNECTION_COUNTS) ?? []).map(({ rule }) => rule);
  return {
    ...(rates.length === 0 ? {} : { requestRates: { rates, manner: mannerOf(draft, RATE_MANNER) } }),
    ...(counts.length === 0 ? {} : { connectionCounts: { counts, manner: mannerOf(draft, COUNT_MANNER) } }),
  };
}

function mannerOf(draft: Draft, { status, level, isDry }: MannerKeys): LimitManner {
  return {
    status: draft.get(status) ?? USUAL_STATUS,
    logLevel: draft.get(level) ?? USUAL_LEVEL,
    isDry: draft.get(isDry) ?? false,
  };
}
