/** `upstream`: servers that share requests or connections. What is said of them is checked; they are asked when there is something that does so. */

import type { Place } from '../../../place.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Apply, Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { readSize } from '../sizes.ts';
import { readSeconds } from '../times.ts';
import { readUpstreamAddress } from '../upstream-address.ts';

/** Said in `http` and in `stream`: the names of all upstreams, in lower case. */
export const UPSTREAMS: DraftKey<Map<string, Place>> = draftKey('upstreams');
/** Said in an upstream: whether it has a server; the way of choosing that has no use for `backup`. */
const HAS_SERVER: DraftKey<boolean> = draftKey('server of an upstream');
const WITHOUT_BACKUP: DraftKey<string> = draftKey('balancing without backup');

const IN_UPSTREAM = 'upstream stream-upstream';
/** nginx wants eight pages of memory. */
const ZONE_BYTES_MIN = 32_768;
const ROUTE_LENGTH_MAX = 32;

export const UPSTREAM_ROWS: readonly Row[] = [
  row(
    'least_time',
    IN_UPSTREAM,
    'header|connect|first_byte|last_byte [plain]',
    'The server that is fastest gets the next request.',
  ),
  row('keepalive', 'upstream', 'number [parameter]', 'How many idle connections are kept.', { apply: keepalive }),
  row('keepalive_time', 'upstream', 'msec', 'How long a connection may be used.'),
  row('keepalive_timeout', 'upstream', 'msec', 'How long an idle connection is kept.'),
  row('keepalive_requests', 'upstream', 'number', 'How many requests go over a connection.'),
  row('sticky', 'upstream', 'plain parameter...', 'Keeps a client with its server.'),
  ...repeatable([
    row('upstream', 'http', 'plain {upstream}', 'Servers that share requests.', { apply: upstream }),
    row('server', IN_UPSTREAM, 'address [parameter...]', 'One of the servers.', { apply: server }),
    row('hash', IN_UPSTREAM, 'text [plain]', 'A key decides about the server.', { apply: chooses('consistent') }),
    row('ip_hash', 'upstream', '', "The client's network decides about the server.", { apply: chooses() }),
    row('least_conn', IN_UPSTREAM, '', 'The server with the fewest connections gets the next request.'),
    row('random', IN_UPSTREAM, '[plain] [plain]', 'Chance decides about the server.', { apply: random }),
    row('zone', IN_UPSTREAM, 'plain [size]', 'Memory that all processes share.', { apply: zone }),
    // Of other builds of nginx, and of well-known modules.
    row('fair', 'upstream', '[plain]', 'The server with the least load gets the next request.'),
    row('check', 'upstream', 'parameter...', 'Asks servers whether they are well.'),
    row('state', 'upstream', 'path', 'The file that holds the servers.', {
      apply: (_, draft) => draft.set(HAS_SERVER, true),
    }),
    row('queue', 'upstream', 'number [parameter]', 'How many requests wait for a server.'),
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

type Check = (value: string) => boolean;

const isNumber: Check = (value) => /^\d{1,18}$/.test(value);

/** What stands behind the equals sign; undefined for a word alone. */
const PARAMETERS: ReadonlyMap<string, Check | undefined> = new Map<string, Check | undefined>([
  ['weight', (value) => isNumber(value) && Number(value) > 0],
  ['max_conns', isNumber],
  ['max_fails', isNumber],
  ['fail_timeout', (value) => readSeconds(value) !== undefined],
  ['slow_start', (value) => readSeconds(value) !== undefined],
  ['route', (value) => value !== '' && value.length <= ROUTE_LENGTH_MAX],
  ['service', (value) => value !== ''],
  ['backup', undefined],
  ['down', undefined],
  ['drain', undefined],
  ['resolve', undefined],
]);

function server(args: GivenArguments, draft: Draft, report: NginxReport): void {
  draft.set(HAS_SERVER, true);
  for (const [at, text] of args.texts(1).entries()) {
    const message = parameterFault(text, draft);
    if (message !== undefined) {
      report('nginx.invalid-value', args.place(at + 1), message, {
        hint: 'Behind a server may stand weight=, max_conns=, max_fails=, fail_timeout=, backup and down.',
      });
    }
  }
  const address = readUpstreamAddress(args.text(0));
  const { host, isUnix, port } = address.ok ? address.value : { host: '', isUnix: false, port: undefined };
  const isPortMissing = host !== '' && !isUnix && port === undefined && draft.kind === 'stream-upstream';
  const fault = address.ok ? (isPortMissing ? 'no port' : undefined) : address.fault;
  if (fault !== undefined) {
    report('nginx.invalid-value', args.place(0), `${fault} in upstream "${args.text(0)}"`, {
      hint: 'Write a host, a host and a port as in 127.0.0.1:8000, or unix:/path. A scheme such as http:// belongs into proxy_pass.',
    });
  }
}

function parameterFault(text: string, draft: Draft): string | undefined {
  const [name = '', value] = text.split('=', 2);
  const check = PARAMETERS.get(name);
  const isWord = value === undefined && check === undefined && PARAMETERS.has(name);
  if (name === 'backup' && draft.own(WITHOUT_BACKUP) !== undefined) {
    return 'balancing method does not support parameter "backup"';
  }
  return isWord || (value !== undefined && check?.(text.slice(name.length + 1)) === true)
    ? undefined
    : `invalid parameter "${text}"`;
}

/** A server that is a spare one is none of those among which a key or chance chooses. */
function chooses(...words: readonly string[]): Apply {
  return (args, draft, report) => {
    draft.set(WITHOUT_BACKUP, args.directive.text);
    if (args.count === 2 && !words.includes(args.text(1))) {
      report('nginx.invalid-value', args.place(1), `invalid parameter "${args.text(1)}"`, {
        hint: 'The second word can only be "consistent".',
      });
    }
  };
}

function random(args: GivenArguments, draft: Draft, report: NginxReport): void {
  draft.set(WITHOUT_BACKUP, 'random');
  const isLegal = [/^two$/, /^least_(?:conn|time=(?:header|last_byte|connect|first_byte))$/];
  for (const [at, text] of args.texts().entries()) {
    if (isLegal[at]?.test(text) !== true) {
      report('nginx.invalid-value', args.place(at), `invalid parameter "${text}"`, {
        hint: 'Write "random", "random two" or "random two least_conn".',
      });
    }
  }
}

function keepalive(args: GivenArguments, _: Draft, report: NginxReport): void {
  if (args.number(0) === 0) {
    report('nginx.invalid-value', args.place(0), `invalid value "${args.text(0)}" in "keepalive" directive`, {
      hint: 'Write how many connections are kept. Without the directive none are.',
    });
  }
}

function zone(args: GivenArguments, _: Draft, report: NginxReport): void {
  const bytes = args.count === 2 ? (readSize(args.text(1)) ?? 0) : ZONE_BYTES_MIN;
  if (bytes < ZONE_BYTES_MIN) {
    report('nginx.invalid-value', args.place(1), `zone "${args.text(0)}" is too small`, { hint: 'Write 32k or more.' });
  }
}

/** When all has been read: an upstream without servers is nothing to pass requests on to. */
export function checkUpstreams(around: Draft, report: NginxReport): void {
  for (const draft of around.children) {
    if ((draft.kind === 'upstream' || draft.kind === 'stream-upstream') && draft.own(HAS_SERVER) !== true) {
      report('nginx.conflict', draft.place, 'no servers are inside upstream', {
        hint: `Write one into "upstream ${draft.words[0]?.text ?? ''}": server 127.0.0.1:8000;`,
      });
    }
  }
}
