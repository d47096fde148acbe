/** Where an error page leads: another location of the site, or a redirect. */

import { isRedirect } from '../../config/model/redirect-status.ts';
import { renderTemplate } from './render-template.ts';
import type { CompiledErrorPage, Route } from './route.ts';

/** `status`: what the page's own status is replaced with, 0 for nothing; of a redirect, its status. */
export type ErrorPageTarget =
  | { readonly kind: 'path'; readonly path: string; readonly query: string; readonly status: number }
  | { readonly kind: 'named'; readonly name: string; readonly status: number }
  | { readonly kind: 'redirect'; readonly to: string; readonly status: number };

const FOUND = 302;

export function errorPageTarget(page: CompiledErrorPage, refused: number, route: Route): ErrorPageTarget {
  const to = renderTemplate(page.to, route);
  const status = page.status === 'unchanged' ? refused : page.status === 'answer' ? 0 : page.status;
  if (to.startsWith('/')) {
    return { kind: 'path', ...splitQuery(to), status };
  }
  if (to.startsWith('@')) {
    return { kind: 'named', name: to, status };
  }
  const own = typeof page.status === 'number' && isRedirect(page.status) ? page.status : FOUND;
  return { kind: 'redirect', to, status: own };
}

export function splitQuery(uri: string): { path: string; query: string } {
  const mark = uri.indexOf('?');
  return mark === -1 ? { path: uri, query: '' } : { path: uri.slice(0, mark), query: uri.slice(mark + 1) };
}
