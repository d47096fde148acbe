/**
 * `api`: the upstreams and their servers in JSON, as the API of the commercial nginx tells them. The path may end as there: `/http/upstreams`, `/stream/upstreams`,
 * either with the name of one behind it, and that with `peers` or one of these. Any other path shows all that requests are handed on to. Nothing can be changed.
 */

import type { Clock } from '../../kernel/clock.ts';
import { toLatin1 } from '../../kernel/latin1.ts';
import type { Exchange, ResponseHead } from '../../protocol/http/exchange.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import { reportUpstream } from '../../upstream/peers/peers-report.ts';
import type { UpstreamGroup } from '../../upstream/peers/upstream-group.ts';

const HEAD: ResponseHead = {
  status: 200,
  reason: undefined,
  fields: fieldsOf('Content-Type: application/json\r\nCache-Control: no-store\r\n', false),
};
const ALLOW = fieldsOf('Allow: GET, HEAD\r\n', false);

export type GroupsByKind = ReadonlyMap<'http' | 'stream', readonly UpstreamGroup[]>;

/** Behind the name, `peers` alone are shown, or one of them by its number. */
const WANTED = /\/(http|stream)\/upstreams(?:\/([^/]+)(?:\/(peers)(?:\/(\d+))?)?)?\/?$/;
/** What can be asked for, as programs look it up that know the API: at the versions, and below them. */
const INDEXES: readonly (readonly [RegExp, readonly (number | string)[]])[] = [
  [/\/api\/?$/, [9]],
  [/\/api\/9\/?$/, ['http', 'stream']],
  [/\/api\/9\/(http|stream)\/?$/, ['upstreams']],
];

export function compileUpstreamsPage(groups: GroupsByKind, clock: Clock): (exchange: Exchange) => void {
  return ({ method, responder, path }) => {
    if (method !== 'GET' && method !== 'HEAD') {
      responder.refuse(405, undefined, ALLOW);
      return;
    }
    const index = INDEXES.find(([pattern]) => pattern.test(path));
    if (index !== undefined) {
      answer(responder, index[1]);
      return;
    }
    const [, kind = 'http', name = '', part, number] = WANTED.exec(path) ?? [];
    const all = groups.get(kind === 'stream' ? 'stream' : 'http') ?? [];
    if (name === '') {
      answer(responder, Object.fromEntries(all.map((group) => [group.name, reportUpstream(group, clock)])));
      return;
    }
    const one = all.find((group) => toLatin1(group.name) === name);
    const report = one && reportUpstream(one, clock);
    const wanted = part === undefined ? report : number === undefined ? report?.peers : report?.peers[Number(number)];
    if (wanted === undefined) {
      responder.refuse(404);
    } else {
      answer(responder, wanted);
    }
  };
}

function answer(responder: Exchange['responder'], value: unknown): void {
  const text = JSON.stringify(value, undefined, 1);
  responder.respond(HEAD, `${text.replace(BEYOND_ASCII, escapeUnit)}\n`);
}

const BEYOND_ASCII = /[\x7f-\uffff]/g;

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
