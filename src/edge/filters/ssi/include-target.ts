/** The path and the query of what a page includes. Text is latin-1: a character is a byte. */

import { decodePath } from '../../../protocol/http/path.ts';
import { leadsUp } from '../../pipeline/leads-up.ts';

export interface IncludeTarget {
  readonly path: string;
  readonly query: string;
}

/** What is relative is so to the page. Undefined: it is no path of ours, or leads out of what is there. */
export function includeTarget(uri: string, pagePath: string): IncludeTarget | undefined {
  const whole = uri.startsWith('/') ? uri : pagePath.slice(0, pagePath.lastIndexOf('/') + 1) + uri;
  const [rawPath = '', ...query] = whole.split('?');
  const path = decodePath(rawPath);
  if (path === undefined || !path.startsWith('/') || path.includes('\0') || leadsUp(path)) {
    return undefined;
  }
  return { path, query: query.join('?') };
}
