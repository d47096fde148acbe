/** Where redirects of the edge itself lead: a path becomes a whole URL, unless the scope wants it relative. Redirects of applications are theirs. */

import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import { fieldsOfLines, makeLine } from '../../protocol/http/response-fields.ts';
import { hostNameOf } from './request-facts.ts';
import type { Route } from './route.ts';

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/** `to`: a path, escaped, with its query; or a URL. */
export function redirectFields(route: Route, to: string): ResponseFields {
  return fieldsOfLines([makeLine('Location', redirectLocation(route, to))]);
}

export function redirectLocation(route: Route, to: string): string {
  const { redirects } = route.scope.model;
  if (!to.startsWith('/') || !redirects.isAbsolute) {
    return to;
  }
  const { origin } = route.exchange;
  const host = redirects.usesServerName ? route.site.name : hostNameOf(route) || origin.name;
  const isUsual = origin.port === DEFAULT_PORTS[origin.scheme];
  return `${origin.scheme}://${host}${redirects.hasPort && !isUsual ? `:${origin.port}` : ''}${to}`;
}
