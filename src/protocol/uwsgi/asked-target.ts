/**
 * What a packet asks for. Whoever is in front has decided what it lets through by PATH_INFO and QUERY_STRING, so these say it; REQUEST_URI gives the text where it says the same:
 *
 * | PATH_INFO | REQUEST_URI | what is asked for |
 * |---|---|---|
 * | its path, decoded | the same | REQUEST_URI, with the client's escapes |
 * | the same without SCRIPT_NAME in front | the same | REQUEST_URI behind SCRIPT_NAME, with the client's escapes |
 * | another path, or QUERY_STRING is another | was rewritten in front | PATH_INFO, escaped, and QUERY_STRING |
 * | none, and no SCRIPT_NAME | | REQUEST_URI |
 *
 * SCRIPT_NAME is no part of it, as with uWSGI: the application is mounted below a path that the server in front has taken away, or has left in PATH_INFO. With modifier 30 it is left
 * there to be taken away here.
 */

import type { FrontRequest } from '../http/front-request.ts';
import { decodePath, normalizePath, pathBelow } from '../http/path.ts';
import type { UwsgiFault } from './faults.ts';

export interface AskedTarget extends Omit<FrontRequest, 'variables'> {
  readonly kind: 'asked';
  /** What stands in the line of the request. */
  readonly line: string;
}

export type AskedReading = AskedTarget | { readonly kind: 'invalid'; readonly fault: UwsgiFault };

/** What a line of a request has room for: whether it is a target says the reader of HTTP. */
const TARGET = /^[\x21-\x7e\x80-\xff]*$/;
const UNESCAPED = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/g;

export function readAskedTarget(said: ReadonlyMap<string, string>, takesMountAway: boolean): AskedReading {
  const uri = said.get('REQUEST_URI') ?? '';
  const scriptName = (said.get('SCRIPT_NAME') ?? '').replace(/\/$/, '');
  if (!TARGET.test(uri)) {
    return invalid('REQUEST_URI is no target');
  }
  if (scriptName !== '' && (scriptName.includes('\0') || normalizePath(scriptName, false) !== scriptName)) {
    return invalid('SCRIPT_NAME is no path, or has "." or ".." in it');
  }
  const given = said.get('PATH_INFO') ?? '';
  if (given + scriptName === '' || (uri === '*' && said.get('REQUEST_METHOD') === 'OPTIONS')) {
    return uri.startsWith('/') || uri === '*'
      ? { kind: 'asked', line: uri, scriptName, takenAway: '', isPathEmpty: false, target: uri }
      : invalid('neither a path nor "*" is asked for');
  }
  const pathInfo = takesMountAway ? (pathBelow(given, scriptName) ?? given) : given;
  const path = pathInfo === '' ? '/' : pathInfo;
  if (normalizePath(path, false) !== path) {
    return invalid('PATH_INFO is no path, or has "." or ".." in it');
  }
  const mark = uri.indexOf('?');
  const rawPath = mark === -1 ? uri : uri.slice(0, mark);
  const asked = mark === -1 ? '' : uri.slice(mark + 1);
  const query = said.get('QUERY_STRING') ?? asked;
  if (!TARGET.test(query)) {
    return invalid('QUERY_STRING is no query');
  }
  const isWhole = path === decodePath(rawPath);
  const escaped = isWhole ? rawPath : (behindMount(rawPath, scriptName, path) ?? escapePath(path));
  return {
    kind: 'asked',
    line: isWhole && query === asked ? uri : query === '' ? escaped : `${escaped}?${query}`,
    scriptName,
    takenAway: isWhole && pathBelow(path, scriptName) !== undefined ? '' : escapePath(scriptName),
    isPathEmpty: pathInfo === '',
    target: uri,
  };
}

/** The client's own text of the path, where that is what the mount leaves of what it has asked for. */
function behindMount(rawPath: string, scriptName: string, path: string): string | undefined {
  const rest = scriptName === '' ? undefined : pathBelow(rawPath, escapePath(scriptName));
  return rest !== undefined && decodePath(rest) === path ? rest : undefined;
}

function escapePath(path: string): string {
  return path.replace(UNESCAPED, (each) => `%${each.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`);
}

function invalid(detail: string): AskedReading {
  return { kind: 'invalid', fault: { code: 'uwsgi.bad-target', status: 400, detail } };
}
