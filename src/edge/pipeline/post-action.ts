/** `post_action`: a location that is asked when the response to a request has left, or its client has gone. What it answers goes nowhere. */

import { renderTemplate } from './render-template.ts';
import type { Route } from './route.ts';

/** A path, or the name of a location, which sees the path of the request. */
export function startPostAction(route: Route): void {
  const to = route.scope.postAction;
  if (to === undefined || route.main !== route) {
    return;
  }
  const text = renderTemplate(to, route);
  const target = text.startsWith('/')
    ? { path: text, query: '' }
    : { path: route.path, query: route.query, named: text };
  route.startSubrequest({ ...target, method: route.method, isBackground: true, onEnd: () => undefined });
}
