/**
 * RFC 9112 3: `method SP request-target SP HTTP-version`, with exactly one space between the parts. The RFC allows a lenient
 * reader to split at any whitespace; two readers that differ in that see two different targets.
 */

import { isToken } from '../http/grammar.ts';
import { isAuthority, isAuthorityWithPort } from './authority.ts';
import type { Fault } from './faults.ts';
import { fault, isFault } from './faults.ts';
import type { TargetForm } from './types.ts';

export interface RequestTarget {
  readonly form: TargetForm;
  readonly path: string;
  readonly query: string;
  /** Named by the target itself, else ''. */
  readonly authority: string;
  readonly scheme: 'http' | 'https' | undefined;
}

export interface RequestLine extends RequestTarget {
  readonly method: string;
  readonly target: string;
  readonly minor: 0 | 1;
}

/** `line` has no line end. `isLenient`: see `withoutFragment` and LENIENT_TARGET. */
export function parseRequestLine(line: string, methodBytesMax: number, isLenient = false): RequestLine | Fault {
  if (line.includes('\r')) {
    return fault('http1.bare-line-break', 'CR without LF', line);
  }
  const first = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  const methodEnd = first === -1 ? line.length : first;
  if (!isToken(line, methodEnd)) {
    return fault('http1.bad-method', 'a method that is not a token', line);
  }
  if (first === last || line.indexOf(' ', first + 1) !== last || last === first + 1) {
    return fault('http1.bad-request-line', 'not method, target and version', line);
  }
  const minor = parseVersion(line, last + 1);
  if (typeof minor !== 'number') {
    return minor;
  }
  if (methodEnd > methodBytesMax) {
    return fault('http1.method-too-long', 'method too long', line);
  }
  const method = methodOf(line, methodEnd);
  const target = line.slice(first + 1, last);
  const parts = isLenient
    ? parseTarget(method, withoutFragment(target), LENIENT_TARGET)
    : parseTarget(method, target, TARGET);
  if (isFault(parts)) {
    return parts;
  }
  const { form, path, query, authority, scheme } = parts;
  return { method, target, form, path, query, authority, scheme, minor };
}

/** Literals for the usual ones: their comparisons and lookups are then by identity. */
function methodOf(line: string, end: number): string {
  if (line.startsWith('GET ')) {
    return 'GET';
  }
  return line.startsWith('POST ') ? 'POST' : line.slice(0, end);
}

const VERSION = /^HTTP\/([0-9])\.([0-9])$/;

function parseVersion(line: string, at: number): 0 | 1 | Fault {
  if (line.endsWith('HTTP/1.1') && at === line.length - 8) {
    return 1;
  }
  const version = line.slice(at);
  const match = VERSION.exec(version);
  if (match === null) {
    return fault('http1.bad-version', 'not an HTTP version', version);
  }
  if (match[1] !== '1') {
    return fault('http1.unsupported-version', 'a version of HTTP that is not spoken here', version);
  }
  // RFC 9110 2.5: a minor version above ours is read as the highest we speak.
  return match[2] === '0' ? 0 : 1;
}

/** Visible ASCII without `#`: a fragment is never sent (RFC 9112 3.2; whoever takes one has cut it off), and browsers send `"` and `|` as they are. */
const TARGET = /^[\x21\x22\x24-\x7e]+$/;

/** … and bytes above ASCII, which are sent as they are by those who do not know that a target is to be escaped: curl, crawlers, old scripts. */
const LENIENT_TARGET = /^[\x21\x22\x24-\x7e\x80-\xff]+$/;
const FRAGMENT = /^[\x21-\x7e\x80-\xff]*$/;

/** What nginx asks for when somebody sends a fragment along. The target itself stays as it was sent. */
function withoutFragment(target: string): string {
  const mark = target.indexOf('#');
  return mark !== -1 && FRAGMENT.test(target.slice(mark)) ? target.slice(0, mark) : target;
}

function parseTarget(method: string, target: string, characters: RegExp): RequestTarget | Fault {
  if (!characters.test(target)) {
    return targetFault('a character that no target has', target);
  }
  if (method === 'CONNECT') {
    // RFC 9112 3.2.3: for CONNECT it is the only form.
    return isAuthorityWithPort(target)
      ? { form: 'authority', path: '', query: '', authority: target, scheme: undefined }
      : targetFault('CONNECT wants host and port', target);
  }
  if (target.charCodeAt(0) === 0x2f) {
    return split('origin', target, '', undefined);
  }
  if (target === '*') {
    // RFC 9112 3.2.4
    return method === 'OPTIONS'
      ? { form: 'asterisk', path: '*', query: '', authority: '', scheme: undefined }
      : targetFault('only OPTIONS may ask for *', target);
  }
  return parseAbsolute(method, target);
}

const ABSOLUTE = /^(https?):\/\/([^/?]*)(.*)$/i;

function parseAbsolute(method: string, target: string): RequestTarget | Fault {
  const match = ABSOLUTE.exec(target);
  if (match === null) {
    return targetFault('neither a path nor an http address', target);
  }
  const authority = match[2]!;
  if (!isAuthority(authority)) {
    // Userinfo ends here too: RFC 9110 4.2.4.
    return targetFault('an address without a valid host', target);
  }
  const scheme = match[1]!.length === 4 ? 'http' : 'https';
  const rest = match[3]!;
  if (rest === '' && method === 'OPTIONS') {
    // RFC 9112 3.2.4: how a client that talks to a proxy asks for `*`.
    return { form: 'absolute', path: '*', query: '', authority, scheme };
  }
  return split('absolute', rest.startsWith('/') ? rest : `/${rest}`, authority, scheme);
}

function split(form: TargetForm, text: string, authority: string, scheme: 'http' | 'https' | undefined): RequestTarget {
  const mark = text.indexOf('?');
  const path = mark === -1 ? text : text.slice(0, mark);
  const query = mark === -1 ? '' : text.slice(mark + 1);
  return { form, path, query, authority, scheme };
}

function targetFault(detail: string, target: string): Fault {
  return fault('http1.bad-target', detail, target);
}
