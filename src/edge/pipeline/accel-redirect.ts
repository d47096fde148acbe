/**
 * X-Accel-Redirect as nginx has it: in place of its answer an application names a path of the same server, mostly of an internal location, or a named location,
 * which answers with some of the application's fields.
 */

import type { Exchange } from '../../protocol/http/exchange.ts';
import { decodePath } from '../../protocol/http/path.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import { escapeLog } from '../access-log/line.ts';
import { leadsUp } from './leads-up.ts';
import type { Route } from './route.ts';

/** What the application says of the body and of who may keep it, as in nginx; everything else is said by what answers. */
const KEPT: ReadonlySet<string> = new Set([
  'content-type',
  'content-disposition',
  'accept-ranges',
  'set-cookie',
  'cache-control',
  'expires',
]);
const NOT_FOUND = 404;

/** Whether the request is one of a site with locations, to one of which it could be sent. */
export function hasLocations(exchange: Exchange): boolean {
  return routeOf(exchange)?.site.hasLocations === true;
}

/** `to`: the value of the field. */
export function followAccelRedirect(exchange: Exchange, to: string, fields: ResponseFields): void {
  const route = routeOf(exchange);
  if (route === undefined) {
    return;
  }
  const others = fields.lines.filter(({ lower }) => !KEPT.has(lower)).map(({ lower }) => lower);
  route.keptFields = fields.without(...others);
  if (to.startsWith('@')) {
    // As with nginx, a named location is asked by the client's own method.
    route.continueWith(route.relocateNamed(to));
    return;
  }
  const [raw, query] = split(to);
  const path = decodePath(raw);
  // nginx refuses to follow a path that leads upwards as well: it may have been put together of what a client has sent.
  const isUnsafe = path === undefined || !path.startsWith('/') || leadsUp(path);
  if (isUnsafe) {
    route.log('error', `unsafe URI "${escapeLog(to)}" was detected in X-Accel-Redirect`);
    route.continueWith(NOT_FOUND);
    return;
  }
  route.method = route.method === 'HEAD' ? 'HEAD' : 'GET';
  route.continueWith(route.relocate(path, query));
}

function split(to: string): readonly [string, string] {
  const at = to.indexOf('?');
  return at === -1 ? [to, ''] : [to.slice(0, at), to.slice(at + 1)];
}

function routeOf({ route }: Exchange): Route | undefined {
  // The pipeline alone puts something there, and that is a route.
  return route as Route | undefined;
}
