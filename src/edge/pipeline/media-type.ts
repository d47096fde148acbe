/** The media type of a path by the ending of its last name, as the types of the scope say. */

import { renderTemplate } from './render-template.ts';
import type { Route } from './route.ts';

export function mediaTypeOf(route: Route): string {
  const { types } = route.scope;
  const ending = endingOf(route.path);
  return (ending === '' ? undefined : types.typeOf(ending)) ?? renderTemplate(types.fallback, route);
}

/** As many dots in front of a name as nginx takes for the beginning of `.`, `..` or a longer name, and not of an ending. */
const FRONT_DOTS_MAX = 3;

/** In lower case; '' if the last name has none, or dots only in front. */
export function endingOf(path: string): string {
  const dot = path.lastIndexOf('.');
  if (dot === -1 || path.includes('/', dot) || isInFront(path, dot)) {
    return '';
  }
  return path.slice(dot + 1).toLowerCase();
}

function isInFront(path: string, dot: number): boolean {
  let at = dot;
  while (path[at] === '.' && dot - at < FRONT_DOTS_MAX) {
    at -= 1;
  }
  return path[at] === '/';
}
