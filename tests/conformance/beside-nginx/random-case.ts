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
import { randomRequest } from './random/requests.ts';
import { fieldStatement, statement } from './random/statements.ts';

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

/** Most are of everything; some show one thing, with many requests for it. */
export function randomCase(seed: number): RandomCase {
  const choose = new Chooser(seed);
  const name = `seed ${seed}`;
  const kind = choose.count(0, 9);
  if (kind === 0) return { name, ...chosenByName(choose) };
  if (kind === 1) return { name, ...chosenByPath(choose) };
  const lines = anything(choose);
  const make = kind === 2 ? rawRequest : randomRequest;
  return { name, lines, requests: choose.many(12, 20, () => make(choose)) };
}

function anything(choose: Chooser): Line[] {
  const server: Line[] = [
    { text: 'listen %A%:%P%' },
    { text: `server_name ${choose.of(NAMES)}` },
    { text: `root ${choose.of(['html', 'html', 'html', 'hosts/$host', 'other'])}` },
    ...choose.many(0, 4, () => statement(choose, 'server')),
    ...unlike(choose.many(1, 5, () => location(choose, 0))),
  ];
  const other: Line[] = choose.chance(0.2)
    ? [{ text: 'server', inside: [{ text: 'listen %A%:%P%' }, { text: 'server_name b.test' }, otherAnswer(choose)] }]
    : [];
  return [
    map(choose),
    ...choose.many(0, 2, () => fieldStatement(choose)),
    { text: 'server', inside: server },
    ...other,
  ];
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

function location(choose: Chooser, depth: number): Line {
  const match = choose.of(MATCHES);
  const inner = depth < 1 && !match.startsWith('@') && !match.startsWith('=') && choose.chance(0.2);
  return {
    text: `location ${match}`,
    inside: [
      ...choose.many(0, 4, () => statement(choose, match.startsWith('@') ? 'named' : 'location')),
      ...(inner ? unlike(choose.many(1, 2, () => location(choose, depth + 1))) : []),
    ],
  };
}
