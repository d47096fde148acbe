/**
 * The target that a server is asked for, as nginx's `proxy_pass` makes it:
 *
 * - without a URI part: that of the client's request line, byte by byte, unless something has changed the path or the query since;
 * - with one: it stands in the place of the location's path;
 * - made of variables: it is all of the target, and what it holds of a client's may not split the request line.
 */

import { escapePath } from '../../pipeline/escape-uri.ts';
import { requestUriOf } from '../../pipeline/request-facts.ts';
import type { Route } from '../../pipeline/route.ts';
import type { AskedPlace } from './asked-place.ts';

/** A space ends the target, a line break the request line, and other controls have no place in either (RFC 9112 3). */
const SPLITTING = /[\0-\x20\x7f]/;

/** False: a server would read it as something else than a target. */
export function isAskable(target: string): boolean {
  return target !== '' && !SPLITTING.test(target);
}

/** It may be one that is not askable. */
export function askedTarget(route: Route, { uri, isUriWhole }: AskedPlace): string {
  if (uri === undefined && route.isTargetSent) {
    return requestUriOf(route.exchange);
  }
  if (uri !== undefined && isUriWhole) {
    return uri;
  }
  const { path, query } = route;
  // A `rewrite … break` has left a path that does not begin with the location's, so it is asked for as it is.
  const rest =
    uri !== undefined && route.isPathOfLocation
      ? uri + escaped(route, path.slice(prefixOf(route)))
      : escaped(route, path);
  return query === '' ? rest : `${rest}?${query}`;
}

/** A path that came without escapes, and was not changed, needs none. */
function escaped(route: Route, path: string): string {
  return route.isQuoted || route.isInternal ? escapePath(path) : path;
}

function prefixOf({ location }: Route): number {
  switch (location.kind) {
    case 'exact':
    case 'prefix':
    case 'final-prefix':
      return location.text.length;
    default:
      return 0;
  }
}
