/** Where redirects of a server lead, for its client: `proxy_redirect`, in `Location` and in `Refresh`. */

import type { ProxyContent, ProxyResponse } from '../../../config/model/proxying.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import { redirectLocation } from '../../pipeline/redirect.ts';
import type { Route } from '../../pipeline/route.ts';
import { bytesOf } from '../../plan/bytes-of.ts';
import type { Replace } from './replacement.ts';
import { compilePrefixReplacement, replaceFirst } from './replacement.ts';

/** Gives the new value, or the same. `lower`: the name of the field. */
export type EditRedirect = (lower: 'location' | 'refresh', value: string, route: Route) => string;

export function compileRedirects(
  { redirects }: Pick<ProxyResponse, 'redirects'>,
  to: ProxyContent['to'],
  compilation: Pick<Compilation, 'template' | 'pattern'>,
): EditRedirect | undefined {
  const rules = redirects.flatMap((rule): Replace[] =>
    rule === 'default' ? compileDefault(to) : [compilePrefixReplacement(rule, compilation)],
  );
  if (rules.length === 0) {
    return undefined;
  }
  return (lower, value, route) => {
    if (lower === 'location') {
      const fresh = replaceFirst(rules, value, route);
      // A path becomes a whole URL, as in redirects of our own; one that nothing has replaced is the server's word.
      return fresh === undefined ? value : redirectLocation(route, fresh);
    }
    const at = /url=/i.exec(value);
    const start = at === null ? value.length : at.index + at[0].length;
    const fresh = at === null ? undefined : replaceFirst(rules, value.slice(start), route);
    return fresh === undefined ? value : value.slice(0, start) + fresh;
  };
}

/** From the address that is asked to the location's. What is not known before a request comes has none. */
function compileDefault(to: ProxyContent['to']): Replace[] {
  if (to.kind !== 'upstream') {
    return [];
  }
  const url = bytesOf(to.url);
  const prefix = to.uri === undefined ? `${url}/` : url;
  return [
    (value, { location }) => {
      if (!value.startsWith(prefix)) {
        return undefined;
      }
      return (to.uri === undefined ? '/' : location.text) + value.slice(prefix.length);
    },
  ];
}
