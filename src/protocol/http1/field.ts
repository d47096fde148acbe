/**
 * One field line (RFC 9112 5). What a line says by itself is checked and noted when it is parsed, so that a line remembered in
 * the memo is never looked at again: the role it plays for the message, and the number in it.
 */

import type { Field } from '../http/fields.ts';
import { isProxyField } from '../http/forwarded-fields.ts';
import { isFieldValueBytes, isSpace, isToken, trimSpaces } from '../http/grammar.ts';
import { isAuthority } from './authority.ts';
import type { Fault } from './faults.ts';
import { fault } from './faults.ts';

/** The roles are bits, so that those seen in a section, and those seen twice, are a number each. */
export const ROLE = {
  none: 0,
  host: 1,
  contentLength: 2,
  transferEncoding: 4,
  connection: 8,
  expect: 16,
  upgrade: 32,
  contentType: 64,
  authorization: 128,
  proxyAuthorization: 256,
  /** What only a trusted proxy may say. */
  proxy: 512,
  ifModifiedSince: 1024,
  ifUnmodifiedSince: 2048,
  ifMatch: 4096,
  ifNoneMatch: 8192,
  ifRange: 16_384,
  contentRange: 32_768,
  range: 65_536,
} as const;

const ROLES: ReadonlyMap<string, number> = new Map([
  ['host', ROLE.host],
  ['content-length', ROLE.contentLength],
  ['transfer-encoding', ROLE.transferEncoding],
  ['connection', ROLE.connection],
  ['expect', ROLE.expect],
  ['upgrade', ROLE.upgrade],
  ['content-type', ROLE.contentType],
  ['authorization', ROLE.authorization],
  ['proxy-authorization', ROLE.proxyAuthorization],
  ['if-modified-since', ROLE.ifModifiedSince],
  ['if-unmodified-since', ROLE.ifUnmodifiedSince],
  ['if-match', ROLE.ifMatch],
  ['if-none-match', ROLE.ifNoneMatch],
  ['if-range', ROLE.ifRange],
  ['content-range', ROLE.contentRange],
  ['range', ROLE.range],
]);

/** One field line. Immutable: all messages with the same line share the object, and all connections too, unless the line is secret. */
export class FieldLine implements Field {
  readonly name: string;
  readonly lower: string;
  readonly value: string;
  /** The whole line without its end, to recognise it by. */
  readonly line: string;
  readonly role: number;
  /** The value of Content-Length as a number; 0 for the other fields. */
  readonly number: number;

  constructor(line: string, colon: number, role: number, lower: string, value: string) {
    this.line = line;
    this.name = line.slice(0, colon);
    this.lower = lower;
    this.value = value;
    this.role = role;
    this.number = role === ROLE.contentLength ? Number(value) : 0;
  }
}

/** The line between `from` and `to`, without its end. */
export function parseFieldLine(bytes: Buffer, from: number, to: number): FieldLine | Fault {
  // A string of its own: a slice of the head's text would keep all of that in memory.
  const line = bytes.latin1Slice(from, to);
  const colon = line.indexOf(':');
  if (colon === -1 || !isToken(line, colon)) {
    return nameFault(line, colon);
  }
  if (!isFieldValueBytes(bytes, from + colon + 1, to)) {
    return line.includes('\r') ? bareBreak(line) : fault('http1.bad-field-value', 'control byte in a value', line);
  }
  const value = trimSpaces(line.slice(colon + 1));
  const lower = line.slice(0, colon).toLowerCase();
  const role = ROLES.get(lower) ?? (isProxyField(lower) ? ROLE.proxy : ROLE.none);
  return roleFault(role, value) ?? new FieldLine(line, colon, role, lower, value);
}

function bareBreak(line: string): Fault {
  return fault('http1.bare-line-break', 'CR without LF', line);
}

function nameFault(line: string, colon: number): Fault {
  if (line.includes('\r')) {
    return bareBreak(line);
  }
  if (isSpace(line.charCodeAt(0))) {
    // RFC 9112 5.2: obs-fold. Joining lines is what lets a field hide from one of two readers.
    return fault('http1.folded-line', 'a line that continues the one before', line);
  }
  if (colon === -1) {
    return fault('http1.missing-colon', 'a field line without a colon', line);
  }
  if (colon > 0 && isSpace(line.charCodeAt(colon - 1))) {
    // RFC 9112 5.1: differences in reading it have led to smuggling.
    return fault('http1.space-before-colon', 'whitespace before the colon', line);
  }
  return fault('http1.bad-field-name', 'a field name that is not a token', line);
}

const DIGITS = /^[0-9]+$/;

function roleFault(role: number, value: string): Fault | undefined {
  if (role === ROLE.contentLength) {
    // RFC 9110 8.6: 1*DIGIT. RFC 9112 6.3 rule 5 would let a list of equal numbers pass; nobody sends one honestly.
    if (!DIGITS.test(value)) {
      return fault('http1.bad-content-length', 'Content-Length is not a number', value);
    }
    if (Number(value) > Number.MAX_SAFE_INTEGER) {
      return fault('http1.content-length-too-large', 'Content-Length beyond 2^53', value);
    }
  } else if (role === ROLE.host && value !== '' && !isAuthority(value)) {
    return fault('http1.bad-host', 'Host is not a host with an optional port', value);
  }
  return undefined;
}
