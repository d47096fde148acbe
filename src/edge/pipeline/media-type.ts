/** The media type of a path by the ending of its last name, as the types of the scope say. */

import { renderTemplate } from './render-template.ts';
import type { Route } from './route.ts';

export function mediaTypeOf(route: Route): string {
  const { types } = route.scope;
  const ending = endingOf(route.path);
  return (ending === '' ? undefined : types.typeOf(ending)) ?? renderTemplate(types.fallback, route);
}

/** In lower case; '' if the last name has none, or a dot only in front. */
export function endingOf(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot === -1 || path.includes('/', dot) || path[dot - 1] === '/' ? '' : path.slice(dot + 1).toLowerCase();
}
