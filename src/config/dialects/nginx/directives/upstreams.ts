/** `upstream`: servers that share requests or connections. */

import type { Upstream, UpstreamKeepAlive } from '../../../model/upstream.ts';
import type { Place } from '../../../place.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { readSize } from '../sizes.ts';
import { readMilliseconds } from '../times.ts';
import { keep } from './keep.ts';
import { declareZone } from './shared-zones.ts';
import { BALANCING, BALANCING_ROWS } from './upstream-balancing.ts';
import { UPSTREAM_SERVERS, upstreamServer } from './upstream-servers.ts';
import { STICKY, STICKY_ROWS } from './upstream-sticky.ts';

/** Said in `http` and in `stream`: the names of all upstreams, in lower case. */
export const UPSTREAMS: DraftKey<Map<string, Place>> = draftKey('upstreams');
/** Its servers are in a file of another program. */
const HAS_STATE: DraftKey<boolean> = draftKey('state');
const ZONE: DraftKey<string> = draftKey('zone of an upstream');
const QUEUE: DraftKey<Upstream['queue']> = draftKey('queue');
const KEPT = {
  connectionsMax: draftKey<number>('keepalive'),
  requestsMax: draftKey<number>('keepalive_requests'),
  timeMs: draftKey<number>('keepalive_time'),
  timeoutMs: draftKey<number>('keepalive_timeout'),
};

const IN_UPSTREAM = 'upstream stream-upstream';
/** nginx wants eight pages of memory. */
const ZONE_BYTES_MIN = 32_768;
const USUAL_QUEUE_MS = 60_000;
const USUAL_KEPT = { requestsMax: 1000, timeMs: 3_600_000, timeoutMs: 60_000 };

export const UPSTREAM_ROWS: readonly Row[] = [
  row('keepalive', 'upstream', 'number [parameter]', 'How many idle connections are kept.', { apply: keepalive }),
  row('keepalive_time', 'upstream', 'msec', 'How long a connection may be used.', {
    apply: keep(KEPT.timeMs, (args) => args.number(0)),
  }),
  row('keepalive_timeout', 'upstream', 'msec', 'How long an idle connection is kept.', {
    apply: keep(KEPT.timeoutMs, (args) => args.number(0)),
  }),
  row('keepalive_requests', 'upstream', 'number', 'How many requests go over a connection.', {
    apply: keep(KEPT.requestsMax, (args) => args.number(0)),
  }),
  ...BALANCING_ROWS,
  ...STICKY_ROWS,
  ...repeatable([
    row('upstream', 'http', 'plain {upstream}', 'Servers that share requests.', { apply: upstream }),
    row('zone', IN_UPSTREAM, 'plain [size]', 'Memory that all processes share.', { apply: zone }),
    row('queue', 'upstream', 'number [parameter]', 'How many requests wait for a server.', { apply: queue }),
    row('server', IN_UPSTREAM, 'address [parameter...]', 'One of the servers.', { apply: upstreamServer }),
    // Of other builds of nginx, and of well-known modules.
    row('fair', 'upstream', '[plain]', 'The server with the least load gets the next request.'),
    row('check', 'upstream', 'parameter...', 'Asks servers whether they are well.'),
    row('state', 'upstream', 'path', 'The file that holds the servers.', {
      apply: (_, draft) => draft.set(HAS_STATE, true),
    }),
  ]),
];

/** Of the block `upstream` in http and in stream. */
export function upstream(args: GivenArguments, inside: Draft, report: NginxReport): void {
  const around = inside.parent ?? inside;
  const places = around.own(UPSTREAMS) ?? new Map<string, Place>();
  around.set(UPSTREAMS, places);
  const name = args.text(0).toLowerCase();
  const before = places.get(name);
  if (before === undefined) {
    places.set(name, args.place(0));
    return;
  }
  const where = before.kind === 'file' ? `in line ${before.line} of ${before.file}` : 'before';
  report('nginx.duplicate', args.place(0), `duplicate upstream "${args.text(0)}"`, {
    hint: `It is said ${where} already.`,
  });
}

function keepalive(args: GivenArguments, draft: Draft, report: NginxReport): void {
  if (args.number(0) === 0) {
    report('nginx.invalid-value', args.place(0), `invalid value "${args.text(0)}" in "keepalive" directive`, {
      hint: 'Write how many connections are kept. Without the directive none are.',
    });
  } else if (args.count === 2 && args.text(1) !== 'local') {
    report('nginx.invalid-value', args.place(1), `invalid parameter "${args.text(1)}"`, {
      hint: 'The second word can only be "local".',
    });
  } else {
    draft.set(KEPT.connectionsMax, args.number(0));
  }
}

function zone(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const bytes = args.count === 2 ? (readSize(args.text(1)) ?? 0) : ZONE_BYTES_MIN;
  if (bytes < ZONE_BYTES_MIN) {
    report('nginx.invalid-value', args.place(1), `zone "${args.text(0)}" is too small`, { hint: 'Write 32k or more.' });
    return;
  }
  const said = args.count === 2 ? bytes : 0;
  declareZone(args, draft, report, { name: args.text(0), use: 'upstream', bytes: said, at: 0 });
  draft.set(ZONE, args.text(0));
}

function queue(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const [, time] = /^timeout=(.*)$/s.exec(args.text(1)) ?? [];
  const timeoutMs = args.count === 1 ? USUAL_QUEUE_MS : time === undefined ? undefined : readMilliseconds(time);
  if (timeoutMs === undefined) {
    report('nginx.invalid-value', args.place(1), `invalid parameter "${args.text(1)}"`, {
      hint: 'Write how many requests may wait, and how long: queue 100 timeout=30s;',
    });
  } else {
    draft.set(QUEUE, { requestsMax: args.number(0), timeoutMs });
  }
}

/** When all has been read: an upstream without servers is nothing to pass requests on to. */
export function checkUpstreams(around: Draft, report: NginxReport): void {
  for (const draft of around.children) {
    const servers = draft.own(UPSTREAM_SERVERS);
    const hasServers = servers !== undefined || draft.own(HAS_STATE) === true;
    if (draft.kind !== 'upstream' && draft.kind !== 'stream-upstream') {
      continue;
    }
    const name = draft.words[0]?.text ?? '';
    if (!hasServers) {
      report('nginx.conflict', draft.place, 'no servers are inside upstream', {
        hint: `Write one into "upstream ${name}": server 127.0.0.1:8000;`,
      });
    } else if (servers?.every(({ isBackup }) => isBackup) === true) {
      report('nginx.conflict', draft.place, `no servers in upstream "${name}"`, {
        hint: 'All of them are "backup": of one at least it has to be taken away.',
      });
    }
  }
}

/** What a block says. Its resolver, and whether its servers are asked how they are, are said elsewhere too. */
export function upstreamOf(draft: Draft): Upstream {
  const keepAlive = keepAliveOf(draft);
  const sticky = draft.own(STICKY);
  const queued = draft.own(QUEUE);
  const zoneName = draft.own(ZONE);
  return {
    name: draft.words[0]?.text ?? '',
    isImplicit: false,
    servers: draft.own(UPSTREAM_SERVERS) ?? [],
    balancing: draft.own(BALANCING) ?? { kind: 'round-robin' },
    ...(keepAlive === undefined ? {} : { keepAlive }),
    ...(zoneName === undefined ? {} : { zone: zoneName }),
    ...(sticky === undefined ? {} : { sticky }),
    ...(queued === undefined ? {} : { queue: queued }),
  };
}

function keepAliveOf(draft: Draft): UpstreamKeepAlive | undefined {
  const connectionsMax = draft.own(KEPT.connectionsMax);
  return connectionsMax === undefined
    ? undefined
    : {
        connectionsMax,
        requestsMax: draft.own(KEPT.requestsMax) ?? USUAL_KEPT.requestsMax,
        timeMs: draft.own(KEPT.timeMs) ?? USUAL_KEPT.timeMs,
        timeoutMs: draft.own(KEPT.timeoutMs) ?? USUAL_KEPT.timeoutMs,
      };
}
