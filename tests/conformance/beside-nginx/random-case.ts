/**
 * Small configurations at random, and requests for them. A seed gives the same ones again. Both programs may refuse a configuration; that only one does is a
 * difference like any other.
 */

import type { Case } from './case.ts';
import type { Line } from './line.ts';
import { renderLines } from './line.ts';
import { chosenByName, chosenByPath } from './random/choices.ts';
import { Chooser } from './random/chooser.ts';
import { rawRequest } from './random/raw-requests.ts';
import { proxiedRequest, randomRequest } from './random/requests.ts';
import { errorStatement, fieldStatement, proxyStatement, statement, withoutRepeated } from './random/statements.ts';

export interface RandomCase {
  readonly name: string;
  readonly lines: readonly Line[];
  readonly requests: readonly string[];
}

export function caseOf({ name, lines, requests }: RandomCase): Case {
  return { name, configuration: renderLines(lines), requests };
}

const MATCHES =
  '/|/|/dir|/dir/|/x|/x/|/none|/a|/img/|= /|= /x|= /a.txt|= /dir/|^~ /dir/|^~ /x|~ \\.txt$|~* \\.(png|php)$|~ ^/(x|dir)/(.*)$|~ ^/(?<first>[^/]+)$|~ /$|~* ^/X|@named|@other|= /200|= /403'.split(
    /\|(?![a-z]+\))/,
  );
const NAMES = ['a.test', 'a.test b.test', '*.test', '.test', '~^(?<sub>.+)\\.test$', '""', 'a.* b.test'];
const MAPPED = '$uri $args $request_uri $arg_a $http_x_a $host $request_method $cookie_a "$host$uri" $is_args'.split(
  ' ',
);

const FILTERED: readonly Line[] = [
  { text: 'sub_filter a A' },
  { text: 'sub_filter_once off' },
  { text: 'sub_filter_types *' },
  { text: 'add_after_body /b.txt' },
  { text: 'addition_types *' },
  { text: 'gzip on' },
  { text: 'gzip_types *' },
  { text: 'gzip_min_length 5' },
];

/** Most are of everything; some show one thing, with many requests for it. */
export function randomCase(seed: number): RandomCase {
  const choose = new Chooser(seed);
  const name = `seed ${seed}`;
  const kind = choose.count(0, 9);
  if (kind === 0) return { name, ...chosenByName(choose) };
  if (kind === 1) return { name, ...chosenByPath(choose) };
  if (kind === 5)
    return { name, lines: passingOn(choose), requests: choose.many(12, 20, () => proxiedRequest(choose)) };
  const lines = anything(
    choose,
    kind === 3 ? [{ text: 'ssi on' }, { text: 'ssi_types *' }] : kind === 4 ? FILTERED : [],
  );
  const make = kind === 2 ? rawRequest : randomRequest;
  return { name, lines, requests: choose.many(12, 20, () => make(choose)) };
}

function anything(choose: Chooser, extra: readonly Line[]): Line[] {
  const server: Line[] = [
    { text: 'listen %A%:%P%' },
    { text: `server_name ${choose.of(NAMES)}` },
    { text: `root ${choose.of(['html', 'html', 'html', 'hosts/$host', 'other'])}` },
    ...extra,
    ...choose.many(0, 4, () => statement(choose, 'server')),
    // Whoever uses these finds them defined.
    { text: 'if ($arg_never)', inside: [{ text: 'set $v 1' }, { text: 'set $w 1' }] },
    ...unlike(choose.many(1, 5, () => location(choose, undefined))),
    { text: 'location ~ ^/(?<first>never)$', inside: [] },
  ];
  const other: Line[] = choose.chance(0.2)
    ? [{ text: 'server', inside: [{ text: 'listen %A%:%P%' }, { text: 'server_name b.test' }, otherAnswer(choose)] }]
    : [];
  return [
    map(choose),
    ...withoutRepeated(choose.many(0, 2, () => fieldStatement(choose))),
    { text: 'server', inside: withoutRepeated(server) },
    ...other,
  ];
}

/** Every location asks the server behind, with or without something in between. */
function passingOn(choose: Chooser): Line[] {
  const places = ['/', '/x', '/dir/', '~ \\.(txt|html)$', '= /a.txt', '^~ /img/'].filter(() => choose.chance(0.7));
  const inside = (isPlain: boolean): Line[] =>
    withoutRepeated([
      { text: isPlain ? 'proxy_pass http://%E%' : `proxy_pass http://%E%${choose.of(['', '/', '/v1/', '/a/b?c='])}` },
      ...choose.many(0, 4, () => proxyStatement(choose)),
      ...(choose.chance(0.3) ? [errorStatement(choose)] : []),
      ...choose.many(0, 2, () => statement(choose, 'location')),
    ]);
  const server: Line[] = [
    { text: 'listen %A%:%P%' },
    { text: 'server_name a.test' },
    { text: 'root html' },
    { text: 'if ($arg_never)', inside: [{ text: 'set $v 1' }, { text: 'set $w 1' }] },
    ...places.map((place): Line => ({ text: `location ${place}`, inside: inside(place.startsWith('~')) })),
    { text: 'location @named', inside: [{ text: 'proxy_pass http://%E%' }] },
    { text: 'location ~ ^/(?<first>never)$', inside: [] },
  ];
  return [map(choose), { text: 'server', inside: server }];
}

function otherAnswer(choose: Chooser): Line {
  return choose.chance(0.5) ? { text: 'return 200 "other $host"' } : statement(choose, 'server');
}

function map(choose: Chooser): Line {
  return {
    text: `map ${choose.of(MAPPED)} $m`,
    inside: [
      { text: choose.of(['default d', 'default ""', 'hostnames']) },
      { text: choose.phrase(['«a¦b¦/x¦""¦~^/(x)¦~*B¦a.test¦*.test¦POST¦\\default» «one¦$uri¦""¦$1¦1h»']) },
      { text: choose.phrase(['«c¦1¦/dir/¦~(?<first>[a-z])» «two¦$first¦epoch»']) },
    ],
  };
}

function unlike(locations: readonly Line[]): Line[] {
  const seen = new Set<string>();
  return locations.filter(({ text }) => !seen.has(text) && seen.add(text));
}

const INNER = ['~ \\.txt$', '~* \\.(png|php)$', '~ ^/(x|dir)/(.*)$', '~ /$', '~* ^/X', '~ ^/(?<first>[^/]+)$'];

function location(choose: Chooser, around: string | undefined): Line {
  const match =
    around === undefined
      ? choose.of(MATCHES)
      : choose.of([...INNER, ...(around.startsWith('/') ? [`${around}x`] : [])]);
  const inner = around === undefined && !match.startsWith('@') && !match.startsWith('=') && choose.chance(0.2);
  return {
    text: `location ${match}`,
    inside: withoutRepeated([
      ...choose.many(0, 4, () => statement(choose, match.startsWith('@') ? 'named' : 'location')),
      ...(inner ? unlike(choose.many(1, 2, () => location(choose, match))) : []),
    ]),
  };
}
