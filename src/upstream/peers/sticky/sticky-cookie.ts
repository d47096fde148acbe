/** The cookie by which a client finds its server again, with what is said of it in nginx's order. */

import type { Sticky } from '../../../config/model/upstream.ts';
import { cookieDate, FAR_COOKIE_DATE } from '../../../protocol/http/cookie-date.ts';
import type { PeerRequest } from '../../peer-choice.ts';

type StickyCookie = Extract<Sticky, { kind: 'cookie' }>;

/** Ten years: what `max` says beside its date. */
const FAR_SECONDS = 315_360_000;

/** The value of Set-Cookie. */
export function renderStickyCookie(
  sticky: StickyCookie,
  serverId: string,
  request: PeerRequest,
  nowMs: number,
): string {
  const { name, expires, domain, path, flags, sameSite } = sticky;
  const site = sameSite === undefined ? '' : request.text(sameSite);
  const rendered = request.text(domain).replace(NOT_OF_ATTRIBUTES, '');
  return [
    `${name}=${serverId}`,
    ...(expires === undefined ? [] : agesOf(expires, nowMs)),
    ...(rendered === '' ? [] : [`domain=${rendered}`]),
    ...flags,
    ...(site === '' ? [] : [`samesite=${SITES.test(site) ? site : 'strict'}`]),
    ...(path === '' ? [] : [`path=${path}`]),
  ].join('; ');
}

function agesOf(expires: number | 'max', nowMs: number): readonly string[] {
  return expires === 'max'
    ? [`expires=${FAR_COOKIE_DATE}`, `max-age=${FAR_SECONDS}`]
    : [`expires=${cookieDate(nowMs + expires * 1000)}`, `max-age=${expires}`];
}

/** What a variable has made of it that is none of these may come from anybody: the strictest word stands in its place, as with nginx. */
const SITES = /^(?:strict|lax|none)$/i;

/** What a client has a say in must not end the attribute or the field. */
const NOT_OF_ATTRIBUTES = /[^\x21-\x3a\x3c-\x7e]/g;
